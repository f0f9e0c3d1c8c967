#include <lapstrake/base/error.hpp>

#include "aws/credentials/machine.hpp"
#include "support/catch.hpp"

using namespace lapstrake;

namespace {

constexpr auto two_profiles =
    "[default]\naws_access_key_id = AKIDDEFAULT\naws_secret_access_key = s1\n"
    "[ci]\naws_access_key_id=AKIDCI\naws_secret_access_key=s2\naws_session_token=t2\n";

}  // namespace

TEST_CASE("the environment's credentials win over the default profile's, and over AWS_PROFILE") {
  Machine shell;
  shell.credentials(two_profiles).set("AWS_ACCESS_KEY_ID", "AKIDENV").set("AWS_SECRET_ACCESS_KEY", "s");
  shell.set("AWS_PROFILE", "ci");
  const auto found = shell.find().credentials;
  CHECK(found.access_key_id == "AKIDENV");
  CHECK(found.session_token.empty());
  CHECK(found.source == "AWS_ACCESS_KEY_ID in the environment");
}

TEST_CASE("an explicit profile wins over the environment") {
  Machine shell;
  shell.credentials(two_profiles).set("AWS_ACCESS_KEY_ID", "AKIDENV").set("AWS_SECRET_ACCESS_KEY", "s");
  const auto found = shell.find("ci").credentials;
  CHECK(found.access_key_id == "AKIDCI");
  CHECK(found.session_token == "t2");
  CHECK(found.source == "profile `ci` of ~/.aws/credentials");
}

TEST_CASE("the session token is found under its old name too") {
  Machine shell;
  shell.set("AWS_ACCESS_KEY_ID", "A").set("AWS_SECRET_ACCESS_KEY", "s").set("AWS_SECURITY_TOKEN", "old");
  CHECK(shell.find().credentials.session_token == "old");
  shell.set("AWS_SESSION_TOKEN", "new");
  CHECK(shell.find().credentials.session_token == "new");
}

TEST_CASE("AWS_PROFILE chooses the profile, otherwise it is the default one") {
  Machine shell;
  shell.credentials(two_profiles);
  CHECK(shell.find().credentials.access_key_id == "AKIDDEFAULT");
  shell.set("AWS_PROFILE", "ci");
  CHECK(shell.find().credentials.access_key_id == "AKIDCI");
}

TEST_CASE("the credentials file wins over the config file") {
  Machine shell;
  shell.credentials(two_profiles);
  shell.config(
      "[profile ci]\naws_access_key_id=OTHER\naws_secret_access_key=other\n"
      "[profile only]\naws_access_key_id=AKIDONLY\naws_secret_access_key=s3\n");
  CHECK(shell.find("ci").credentials.access_key_id == "AKIDCI");
  CHECK(shell.find("only").credentials.access_key_id == "AKIDONLY");
}

TEST_CASE("the files may be elsewhere") {
  Machine shell;
  const auto path = shell.home.write("elsewhere/keys", two_profiles);
  shell.set("AWS_SHARED_CREDENTIALS_FILE", path.string());
  shell.home.write("own.conf", "[default]\nregion=eu-north-1\n");
  shell.set("AWS_CONFIG_FILE", "~/own.conf");
  CHECK(shell.find().credentials.access_key_id == "AKIDDEFAULT");
  CHECK(shell.find().region == "eu-north-1");
}

TEST_CASE("the region comes from the option, AWS_REGION, AWS_DEFAULT_REGION, the profile, in this order") {
  Machine shell;
  shell.credentials(two_profiles);
  CHECK(shell.find("ci").region == std::nullopt);
  shell.config("[profile ci]\nregion = sa-east-1\n");
  CHECK(shell.find("ci").region == "sa-east-1");
  shell.set("AWS_DEFAULT_REGION", "us-west-2");
  CHECK(shell.find("ci").region == "us-west-2");
  shell.set("AWS_REGION", "us-east-2");
  CHECK(shell.find("ci").region == "us-east-2");
  CHECK(shell.find("ci", "eu-west-1").region == "eu-west-1");
}

TEST_CASE("the shared files are read as the AWS tools read them") {
  Machine shell;
  shell.credentials(
      "\xef\xbb\xbf# a comment\r\n; another\r\n[ default ]\r\n"
      "AWS_Access_Key_Id\t=  AKIDDEFAULT   # whose\r\n"
      "aws_secret_access_key = a#b=c;d/e+f==\r\n"
      "[default]\naws_session_token = later\n");
  shell.config(
      "[default]\ns3 =\n  max_concurrent_requests = 20\n  region = nested\nregion = eu-west-1\n"
      "[profile \"two words\"]\nregion=ap-south-1\naws_access_key_id=A\naws_secret_access_key=B\n");
  const auto found = shell.find();
  CHECK(found.credentials.access_key_id == "AKIDDEFAULT");
  CHECK(found.credentials.secret_access_key == "a#b=c;d/e+f==");
  CHECK(found.credentials.session_token == "later");
  CHECK(found.region == "eu-west-1");
  CHECK(shell.find("two words").region == "ap-south-1");
}

TEST_CASE("keys may be indented, and end with a colon, as the AWS CLI reads them") {
  Machine shell;
  shell.credentials(GENERATE(
      "[default]\n  aws_access_key_id = AKIDIN\n  aws_secret_access_key = s\n  aws_session_token = t\n",
      "[default]\n\taws_access_key_id: AKIDIN\n\n# a note\n\taws_secret_access_key : s\n\taws_session_token:t\n",
      "  [default]\n    aws_access_key_id=AKIDIN\n  aws_secret_access_key=s\naws_session_token=t\n",
      "[DEFAULT]\naws_session_token = t\n[default]\naws_access_key_id = AKIDIN\naws_secret_access_key = s\n"));
  const auto found = shell.find().credentials;
  CHECK(found.access_key_id == "AKIDIN");
  CHECK(found.secret_access_key == "s");
  CHECK(found.session_token == "t");
}

TEST_CASE("what is indented below a key continues it, and is not taken for the next key") {
  Machine shell;
  shell.credentials("[default]\naws_access_key_id = AKID\n  aws_secret_access_key = hush\n");
  CHECK_THAT(shell.failure().summary(), Contains("incomplete AWS credentials"));
  CHECK_THAT(report(shell.failure()), !Contains("hush"));
}

TEST_CASE("a secret without an id counts for nothing where the other file has both") {
  Machine shell;
  shell.credentials("[default]\naws_secret_access_key = lost\n");
  shell.config("[default]\naws_access_key_id = AKID\naws_secret_access_key = s\n");
  CHECK(shell.find().credentials.secret_access_key == "s");
}

TEST_CASE("the shared files have an older name of the session token, which comes first as in botocore") {
  Machine shell;
  shell.credentials("[default]\naws_access_key_id=A\naws_secret_access_key=s\naws_security_token=old\n");
  CHECK(shell.find().credentials.session_token == "old");
  shell.credentials(
      "[default]\naws_access_key_id=A\naws_secret_access_key=s\naws_security_token=old\naws_session_token=t\n");
  CHECK(shell.find().credentials.session_token == "old");
}

TEST_CASE("the paths of the shared files may hold variables") {
  Machine shell;
  shell.home.write("keys/a", two_profiles);
  shell.set("WHERE", "keys").set("AWS_SHARED_CREDENTIALS_FILE", GENERATE("$HOME/$WHERE/a", "${HOME}/${WHERE}/a"));
  CHECK(shell.find().credentials.access_key_id == "AKIDDEFAULT");
  shell.set("AWS_SHARED_CREDENTIALS_FILE", "$NOT_SET/${NOR_THIS}/$");
  CHECK(shell.has_nothing_set());
  CHECK_THAT(shell.failure().reason(), Contains("$NOT_SET/${NOR_THIS}/$"));
}

TEST_CASE("a line of a shared file that means nothing is an error that does not show the line") {
  Machine shell;
  const auto text = GENERATE("[default]\nwJalrXUtnFEMI\n", "wJalrXUtnFEMI = 1\n[default]\n", "# x\n[wJalrXUtnFEMI\n");
  shell.credentials(text);
  const auto error = shell.failure();
  CHECK(error.kind() == ErrorKind::access);
  CHECK_THAT(error.summary(), Contains("`~/.aws/credentials`: line "));
  CHECK_THAT(report(error), !Contains("wJalr"));
}

TEST_CASE("a shared file that cannot be read is an error, one that is absent is not") {
  Machine shell;
  shell.set("AWS_SHARED_CREDENTIALS_FILE", shell.home.path().string());
  CHECK(shell.failure().kind() == ErrorKind::access);
  CHECK_THAT(shell.failure().summary(), Contains("Is a directory"));
  shell.set("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/file")
      .set("AWS_ACCESS_KEY_ID", "A")
      .set("AWS_SECRET_ACCESS_KEY", "s");
  CHECK(shell.find().credentials.access_key_id == "A");
}

TEST_CASE("half a pair of credentials is an error, not a reason to look elsewhere") {
  Machine shell;
  shell.credentials(two_profiles);
  SECTION("the environment without the secret") {
    shell.set("AWS_ACCESS_KEY_ID", "AKID");
    CHECK(shell.failure().summary() ==
          "incomplete AWS credentials: the environment has `AWS_ACCESS_KEY_ID` but not `AWS_SECRET_ACCESS_KEY`");
  }
  SECTION("the environment without the id") {
    shell.set("AWS_SECRET_ACCESS_KEY", "s");
    CHECK_THAT(shell.failure().summary(), Contains("but not `AWS_ACCESS_KEY_ID`"));
  }
  SECTION("a profile") {
    shell.credentials("[default]\naws_access_key_id=A\n");
    CHECK_THAT(shell.failure().summary(), Contains("profile `default` of ~/.aws/credentials has"));
  }
}

TEST_CASE("a secret that was copied with white space is named, not tried") {
  Machine shell;
  shell.set("AWS_ACCESS_KEY_ID", "AKID").set("AWS_SECRET_ACCESS_KEY", "hush\n");
  const auto error = shell.failure();
  CHECK(error.summary() == "`AWS_SECRET_ACCESS_KEY` of the environment contains white space or a control character");
  CHECK_THAT(report(error), !Contains("hush"));
}

TEST_CASE("a profile that is not there gives the near name") {
  Machine shell;
  shell.credentials(two_profiles).config("[profile production]\nregion=x\n");
  CHECK(shell.failure("productoin").help() == "did you mean `production`?");
  CHECK_THAT(shell.failure("elephant").help(), Contains("ci, default, production"));
  CHECK(shell.failure("elephant").kind() == ErrorKind::access);
  shell.set("AWS_PROFILE", "elephant");
  CHECK(shell.failure().summary() == "AWS profile `elephant` not found");
}

TEST_CASE("a profile with a login session says how the AWS CLI supplies its credentials") {
  Machine shell;
  shell.config("[profile dev]\nlogin_session = arn:aws:iam::123456789012:user/dev\n");
  const auto error = shell.failure("dev");
  CHECK(error.summary() == "profile `dev` gets its credentials from `login_session`, which is not supported");
  CHECK(error.code() == ErrorCode::unusable_profile);
  CHECK_THAT(error.help(),
             Contains("credential_process = aws configure export-credentials --profile dev --format process"));
}

TEST_CASE("keys of the credentials file win over a process of the same profile, but not over its role") {
  Machine shell;
  shell.credentials(two_profiles);
  shell.config("[profile ci]\ncredential_process = x\n[default]\nrole_arn = arn:aws:iam::1:role/x\n");
  CHECK(shell.find("ci").credentials.access_key_id == "AKIDCI");
  CHECK_THAT(shell.failure().summary(), Contains("assumes a role"));
}

TEST_CASE("keys of the same profile win over SSO, in either file") {
  Machine shell;
  shell.credentials(two_profiles);
  const std::string sso =
      "sso_start_url = https://x.example/start\nsso_region = eu-west-1\n"
      "sso_account_id = 123456789012\nsso_role_name = dev\n";
  shell.config("[profile ci]\n" + sso + "[profile own]\n" + sso +
               "aws_access_key_id = AKIDOWN\naws_secret_access_key = s\n[profile none]\n" + sso);
  CHECK(shell.find("ci").credentials.access_key_id == "AKIDCI");
  CHECK(shell.find("own").credentials.access_key_id == "AKIDOWN");
  CHECK_THAT(shell.failure("none").summary(), Contains("there is no SSO login"));
}

TEST_CASE("another login may be tried where the profile has none that we can use, not after a mistake") {
  Machine shell;
  shell.credentials("[half]\naws_access_key_id=A\n");
  shell.config(
      "[profile sso]\nsso_start_url = x\nsso_region = y\nsso_account_id = 1\nsso_role_name = z\n"
      "[profile bare]\nregion = x\n[profile mfa]\nrole_arn = x\nmfa_serial = y\ncredential_source = Environment\n");
  CHECK(shell.has_none());
  for (const auto* profile : {"sso", "mfa", "bare"}) CHECK(shell.has_none(profile));
  for (const auto* profile : {"half", "typo"}) CHECK_FALSE(shell.has_none(profile));
  shell.set("AWS_PROFILE", "typo");  // of the environment: it may be meant for other programs
  CHECK(shell.has_none());
}

TEST_CASE("the profile's addresses of the services are kept") {
  Machine shell;
  shell.credentials(two_profiles);
  shell.config(
      "[default]\nendpoint_url = http://a\nuse_fips_endpoint = true\nservices = local\n"
      "[services local]\necs =\n  endpoint_url = http://ecs\necr_public =\n  endpoint_url = http://public\ns3 = x\n"
      "[profile ci]\nservices = none\nignore_configured_endpoint_urls = true\n");
  const auto endpoints = shell.find().endpoints;
  CHECK(endpoints.url == "http://a");
  CHECK(endpoints.services ==
        std::map<std::string, std::string>{{"ecr_public", "http://public"}, {"ecs", "http://ecs"}});
  CHECK(endpoints.fips);
  CHECK_FALSE(endpoints.ignored);
  CHECK(shell.find("ci").endpoints.missing_section == "none");
  CHECK(shell.find("ci").endpoints.ignored);
}

TEST_CASE("no credentials at all: the error lists the searched places") {
  Machine shell;
  CHECK_THAT(report(shell.failure()), Contains("AWS_ACCESS_KEY_ID") && Contains("~/.aws/credentials") &&
                                          Contains("~/.aws/config") && Contains("`aws configure`") &&
                                          Contains("metadata service (no answer or no role)"));
  shell.set("AWS_EC2_METADATA_DISABLED", "true");
  CHECK_THAT(shell.failure().help(), !Contains("EC2"));
  CHECK_THAT(shell.failure().reason(), Contains("AWS_EC2_METADATA_DISABLED"));
}

TEST_CASE("only when nothing is set anywhere are there no credentials; a mistake in what is set is another error") {
  Machine shell;
  CHECK(shell.has_nothing_set());
  shell.config("[default]\nregion=eu-west-1\n[profile bare]\nregion=eu-west-1\n");
  CHECK(shell.has_nothing_set());
  CHECK_FALSE(shell.has_nothing_set("typo"));
  CHECK_FALSE(shell.has_nothing_set("bare"));
  CHECK(shell.failure("bare").summary() == "the AWS profile `bare` has no credentials");
  shell.set("AWS_ACCESS_KEY_ID", "AKID");
  CHECK_FALSE(shell.has_nothing_set());
}
