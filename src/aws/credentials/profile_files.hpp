// Reads profiles from the shared files, ~/.aws/credentials and ~/.aws/config.
#pragma once
#include <lapstrake/base/runtime.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "shared_file.hpp"

namespace lapstrake::aws {

// One profile, as the two files together have it.
struct Profile {
  std::string name;
  Section credentials, config;
  bool exists = false;

  // Of the credentials file first, as botocore merges the two; "" when neither has it.
  std::string setting(const std::string& key) const;
  bool has(const std::string& key) const { return credentials.contains(key) || config.contains(key); }
};

std::string setting_of(const Section& section, const std::string& key);

class SharedFiles {
 public:
  // A file that is absent has no sections. Error{access} for one that cannot be read or parsed.
  explicit SharedFiles(const Environment& environment);

  Profile profile(const std::string& name) const;
  // The section `[KIND NAME]` of the config file: kind is "services" or "sso-session".
  const Section* section(const std::string& kind, const std::string& name) const;
  std::vector<std::string> names() const;
  // The paths as people write them: "~/.aws/credentials".
  const std::string& credentials_shown() const { return credentials_.shown; }
  const std::string& config_shown() const { return config_.shown; }

 private:
  struct File {
    std::string shown;
    std::map<std::string, Section> sections;
  };
  static File read(const Environment& environment, std::string_view variable, const std::string& usual);

  File credentials_, config_;
};

// AWS_PROFILE or AWS_DEFAULT_PROFILE, if one is set.
std::optional<std::string> profile_of_environment(const Environment& environment);

// `path` with `~/`, `$NAME` and `${NAME}` replaced, as Python's expandvars does it.
std::string expanded(const std::string& path, const Environment& environment);

bool is_on(std::string_view value);  // "true", in any case

}  // namespace lapstrake::aws
