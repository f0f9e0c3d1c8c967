#include "aws/credentials/machine.hpp"
#include "shell_words.hpp"
#include "support/catch.hpp"

using namespace lapstrake;
using Words = std::vector<std::string>;

namespace {

// A profile whose process is the shell script `text`.
Machine with_script(const std::string& text) {
  Machine machine;
  const auto script = machine.home.write("give keys", "#!/bin/sh\n" + text);
  std::filesystem::permissions(script, std::filesystem::perms::owner_all);
  machine.config("[profile p]\ncredential_process = \"" + script.string() + "\" 'a b'\n");
  return machine;
}

Machine that_prints(const std::string& json) { return with_script("echo '" + json + "'\n"); }

}  // namespace

TEST_CASE("a process prints the credentials, and gets its arguments without a shell") {
  auto machine = with_script(
      "[ \"$*\" = 'a b' ] && [ $# = 1 ] && echo '{\"Version\": 1, \"AccessKeyId\": \"AKIDPROC\", \"SecretAccessKey\": "
      "\"proc-secret\", \"SessionToken\": \"proc-token\", \"Expiration\": \"2026-03-01T02:00:00+01:00\"}'\n");
  const auto found = machine.find("p").credentials;
  CHECK(found.access_key_id == "AKIDPROC");
  CHECK(found.session_token == "proc-token");
  CHECK(found.expires == machine.now + std::chrono::hours(1));
  CHECK(found.source == "`credential_process` of profile `p`");
  CHECK(found.kind == aws::CredentialSource::process);
  CHECK(machine.is_secret("proc-secret"));
}

TEST_CASE("a process that fails shows its stderr, and never its stdout") {
  const auto error = with_script("echo leaked-secret; echo 'please log in' >&2; exit 3\n").failure("p");
  CHECK(error.summary() == "`credential_process` of profile `p` failed with exit status 3");
  CHECK(error.reason() == "please log in");
  CHECK_THAT(report(error), !Contains("leaked-secret"));
}

TEST_CASE("output that is no credentials is refused without being shown") {
  CHECK_THAT(that_prints("leaked-secret").failure("p").summary(), Contains("is not a JSON object"));
  CHECK_THAT(report(that_prints("{leaked-secret").failure("p")), !Contains("leaked-secret"));
  CHECK_THAT(that_prints(R"({"AccessKeyId":"A","SecretAccessKey":"s"})").failure("p").summary(),
             Contains("has no `Version`"));
  CHECK_THAT(that_prints(R"({"Version":2,"AccessKeyId":"A","SecretAccessKey":"s"})").failure("p").summary(),
             Contains("`Version` other than 1"));
  CHECK_THAT(that_prints(R"({"Version":1,"AccessKeyId":"A"})").failure("p").summary(),
             Contains("but not `SecretAccessKey`"));
  CHECK_THAT(that_prints(R"({"Version":1,"AccessKeyId":5,"SecretAccessKey":"s"})").failure("p").summary(),
             Contains("`AccessKeyId`") && Contains("is not a string"));
  CHECK_THAT(that_prints(R"({"Version":1,"AccessKeyId":"A","SecretAccessKey":"s","Expiration":"soon"})")
                 .failure("p")
                 .summary(),
             Contains("is not a time"));
  CHECK_THAT(with_script("head -c 100000 /dev/zero\n").failure("p").reason(), Contains("printed more than 64.0 KiB"));
}

TEST_CASE("a process that does not exist, or is not closed in quotes, is an error of access") {
  Machine machine;
  machine.config("[profile p]\ncredential_process = no-such-program --x\n[profile q]\ncredential_process = 'x\n");
  CHECK(machine.failure("p").kind() == ErrorKind::access);
  CHECK_THAT(machine.failure("p").reason(), Contains("`no-such-program` was not found on the PATH"));
  CHECK_THAT(machine.failure("q").summary(), Contains("a quote is not closed"));
}

TEST_CASE("a command line is split as Python's shlex does it") {
  CHECK(aws::split_shell_words("a  b\tc ") == Words{"a", "b", "c"});
  CHECK(aws::split_shell_words(R"('a b'"c d"e f)") == Words{"a bc de", "f"});
  CHECK(aws::split_shell_words(R"(a\ b "x\"y\\z\n" 'p\q' '')") == Words{"a b", R"(x"y\z\n)", R"(p\q)", ""});
  CHECK(aws::split_shell_words("$HOME;*|# x") == Words{"$HOME;*|#", "x"});
  CHECK(aws::split_shell_words("") == Words{});
  for (const auto* open : {"'a", "\"a", "a\\", "\"a\\"}) CHECK_FALSE(aws::split_shell_words(open));
}
