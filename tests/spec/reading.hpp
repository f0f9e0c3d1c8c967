// Specs as texts in a folder of their own.
#pragma once
#include <lapstrake/spec/read.hpp>
#include <map>
#include <string>
#include <string_view>

#include "support/temp_dir.hpp"

namespace lapstrake::spec {

inline Environment environment_of(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](std::string_view name) -> std::optional<std::string> {
    const auto found = variables.find(std::string(name));
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

inline ReadResult read_in(const TempDir& folder, std::string_view text, ReadOptions options = {}) {
  options.file = folder.write("lapstrake.yaml", text);
  return read(options);
}

inline ReadResult read_text(std::string_view text, ReadOptions options = {}) {
  const TempDir folder;
  return read_in(folder, text, std::move(options));
}

// All reports, with the folder cut out of the paths.
inline std::string reports(const ReadResult& result, const std::filesystem::path& folder) {
  std::string out;
  for (const auto& finding : result.findings) out += (out.empty() ? "" : "\n") + report(finding);
  const std::string prefix = folder.string() + "/";
  for (auto at = out.find(prefix); at != std::string::npos; at = out.find(prefix, at)) out.erase(at, prefix.size());
  return out;
}

// "3:7 unknown key `a`" of the only finding; all of them when there is another number of them.
inline std::string only(const ReadResult& result) {
  std::string out;
  for (const auto& d : result.findings)
    out += (out.empty() ? "" : "\n") + std::to_string(d.where.line) + ":" + std::to_string(d.where.column) + " " +
           d.message;
  return out;
}

}  // namespace lapstrake::spec
