// ~/.aws/credentials and ~/.aws/config, split by a line of `---`: what is found was there, and a message holds no
// secret.
#include "../../src/aws/credentials/shared_file.hpp"

#include <lapstrake/aws/credentials/find.hpp>

#include "../support/temp_dir.hpp"
#include "attempt.hpp"

using namespace lapstrake;
using namespace lapstrake::aws;

namespace {

struct Files {
  TempDir folder;
  std::string credentials = (folder / "credentials").string(), config = (folder / "config").string();
};

Environment environment_of(const Files& files, std::string profile) {
  return [&files, profile](std::string_view name) -> std::optional<std::string> {
    if (name == "AWS_SHARED_CREDENTIALS_FILE") return files.credentials;
    if (name == "AWS_CONFIG_FILE") return files.config;
    if (name == "AWS_PROFILE") return profile;
    return std::nullopt;
  };
}

// Nobody answers, and no program runs.
Lookup lookup_of(const Files& files, const std::string& profile) {
  Runtime runtime = process_runtime();
  runtime.environment = environment_of(files, profile);
  runtime.sleep = [](std::chrono::milliseconds) {};
  return {
      .runtime = runtime,
      .transport = [](const http::Request&) -> http::Response { throw Error(ErrorKind::network, "nobody answers"); },
      .profile = std::nullopt,
      .region = std::nullopt,
      .run = [](const auto&, const auto&) -> ProgramResult { return {.status = 1, .output = {}, .errors = {}}; }};
}

bool is_in(std::string_view text, const std::string& part) { return text.find(part) != std::string_view::npos; }

// Secrets that are long enough to be no word of a message.
std::vector<std::string> secrets_in(std::string_view text) {
  constexpr std::size_t least = 12;
  std::vector<std::string> secrets;
  try {
    for (const auto& [name, section] : parse_shared_file(text, "a file"))
      for (const auto& [setting, value] : section)
        if ((setting == "aws_secret_access_key" || setting == "aws_session_token") && value.size() >= least)
          secrets.push_back(value);
  } catch (const Error& error) {
    hold(error.kind() == ErrorKind::access && is_for_terminals(report(error)), "a file that is none is one of access");
    for (const auto& line : split(text, '\n'))
      hold(line.size() < 40 || !is_in(report(error), line), "no message holds a line");
  }
  return secrets;
}

// Of a name or an address the file may say what it likes: it is shown.
bool is_shown_anyhow(std::string_view text, const std::string& secret) {
  const auto first = text.find(secret);
  return text.find(secret, first + 1) != std::string_view::npos;
}

void hold_settings(std::string_view text, const Files& files, const std::string& profile) {
  try {
    const auto keys = find_credentials(lookup_of(files, profile));
    hold(!keys.access_key_id.empty() && !keys.secret_access_key.empty(), "credentials are a pair");
    // What goes on over several lines is one value, whose lines are trimmed.
    for (const auto& value : {keys.access_key_id, keys.secret_access_key, keys.session_token})
      for (const auto& line : split(value, '\n')) hold(is_in(text, line), "what is found was there");
    hold(!is_in(keys.source, keys.secret_access_key) || keys.secret_access_key.size() < 12 ||
             is_shown_anyhow(text, keys.secret_access_key),
         "where credentials come from is no secret");
  } catch (const Error& error) {
    const auto told = report(error);
    hold(error.kind() == ErrorKind::access || error.kind() == ErrorKind::usage || error.kind() == ErrorKind::network,
         "a mistake has its own exit code");
    hold(is_for_terminals(told), "a mistake can be told to a person");
    for (const auto& secret : secrets_in(text))
      hold(!is_in(told, secret) || is_shown_anyhow(text, secret), "no message holds a secret");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Files files;
  const auto input = text_of(data, size);
  secrets_in(input);
  constexpr std::string_view between = "---\n";
  const auto cut = std::min(input.find(between), input.size());
  files.folder.write("credentials", input.substr(0, cut));
  files.folder.write("config", cut < size ? input.substr(cut + between.size()) : std::string_view());
  hold_settings(input, files, "default");
  hold_settings(input, files, "ci");
  return 0;
}
