#include "../../src/spec/secret_names.hpp"

#include <string>

#include "support/catch.hpp"

using namespace lapstrake::spec;

TEST_CASE("the names of credentials are known by their parts, in any case (S50)") {
  const std::string name = GENERATE(
      "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "aws_secret_access_key", "GITHUB_TOKEN",
      "GITHUB_PAT", "ACTIONS_RUNTIME_TOKEN", "AWS_BEARER_TOKEN_BEDROCK", "AWS_CONTAINER_AUTHORIZATION_TOKEN",
      "CI_REGISTRY_PASSWORD", "CI_JOB_JWT", "CI_JOB_JWT_V2", "CI_REPOSITORY_URL", "DOCKER_AUTH_CONFIG", "NPM_TOKEN",
      "TWINE_PASSWORD", "AZURE_CLIENT_SECRET", "GOOGLE_CREDENTIALS", "GOOGLE_APPLICATION_CREDENTIALS", "HTTPS_PROXY",
      "https_proxy", "all_proxy", "DATABASE_URL", "APP_DATABASE_URL", "PGPASSWORD", "SSH_PRIVATE_KEY",
      "SECRET_KEY_BASE", "SYSTEM_ACCESSTOKEN", "COSIGN_PASSWORD", "TOKEN", "secret", "Password", "API_KEY", "DB_PASS",
      "DB_PASSWD", "MYSQL_PWD", "SMTP_CREDS", "GPG_PASSPHRASE", "SENTRY_DSN", "STRIPE_APIKEY");
  CAPTURE(name);
  CHECK(is_secret_name(name));
}

TEST_CASE("ordinary names are not taken for credentials") {
  const std::string name = GENERATE(
      "HOME", "PATH", "USER", "VERSION", "AUTHOR", "CI_COMMIT_AUTHOR", "GIT_AUTHOR_NAME", "KEYBOARD", "MONKEY",
      "GITHUB_REF", "GITHUB_SHA", "GITHUB_REPOSITORY", "CI_COMMIT_SHA", "CI_COMMIT_REF_NAME", "CI_PROJECT_PATH",
      "CI_PIPELINE_ID", "TOKENIZER", "TOKENIZERS_PARALLELISM", "PATTERN", "COMPASS_URL", "BYPASS", "PASSENGER_APP_ENV",
      "AWS_REGION", "AWS_ACCOUNT_ID", "SSH_PUBLIC_KEY", "NO_PROXY", "no_proxy", "MAX_TOKENS", "SECRETARY",
      "AUTHORITY_URL", "SSL_CERT_FILE", "BASE_URL", "PROXY_PORT", "PORT", "BUILD_NUMBER");
  CAPTURE(name);
  CHECK_FALSE(is_secret_name(name));
}

TEST_CASE("an address with a password is known as one (S50)") {
  CHECK(holds_login(GENERATE("https://u:p@h/x", "postgres://u:p@h:5432/db", "https://:p@h", "x https://u:p@h y")));
  CHECK_FALSE(holds_login(GENERATE("https://h/a:b@c", "https://u@h", "mailto:a@b", "https://h:443/", "", "a:b@c")));
}
