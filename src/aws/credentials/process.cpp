#include <algorithm>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/program.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

#include "key_reply.hpp"
#include "providers.hpp"
#include "shell_words.hpp"

namespace lapstrake::aws {
namespace {

// Some of these programs wait for a login in a browser.
constexpr std::chrono::minutes most_time{5};
constexpr std::size_t most_stderr = 4096;

std::string output_of(const Lookup& lookup, const std::vector<std::string>& words, const std::string& what) {
  const ProgramLimits bounds{.time = most_time, .output = limits::credential_bytes, .errors = most_stderr};
  const auto result = lookup.run ? lookup.run(words, bounds) : run_program(lookup.runtime, words, bounds);
  if (result.status == 0) return result.output;
  throw Error(ErrorKind::access, cat(what, " failed with exit status ", result.status),
              cat("run it by hand to see why: `", printable(words.front(), 200), "`"))
      .because(std::string(trim(result.errors)));
}

void check_version(const nlohmann::json& reply, const std::string& what) {
  const auto& version = member_of(reply, "Version");
  if (version.is_number_integer() && version == 1) return;
  const auto help = "the program must print JSON with \"Version\": 1, AccessKeyId and SecretAccessKey";
  if (version.is_null()) throw Error(ErrorKind::access, cat("the output of ", what, " has no `Version`"), help);
  throw Error(ErrorKind::access, cat("the output of ", what, " has a `Version` other than 1"), help);
}

}  // namespace

Credentials from_process(const Lookup& lookup, const Profile& profile) {
  const auto what = cat("`credential_process` of profile `", profile.name, "`");
  const auto words = split_shell_words(profile.setting("credential_process"));
  if (!words || words->empty())
    throw Error(ErrorKind::access, cat("cannot parse ", what, words ? ": it is empty" : ": a quote is not closed"),
                "write a program and its arguments, quoted as for a shell");
  std::string output;
  try {
    output = output_of(lookup, *words, what);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::access) throw;
    throw Error(ErrorKind::access, cat("cannot use ", what), "correct it, or install the program")
        .because(error.line());
  }
  const auto reply = parse_key_reply(output, cat("the output of ", what));
  check_version(reply, what);
  auto found = read_key_reply(reply, "SessionToken", cat("the output of ", what), lookup.runtime);
  found.kind = CredentialSource::process;
  found.source = what;
  return found;
}

}  // namespace lapstrake::aws
