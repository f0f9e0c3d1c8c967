#include "secret_names.hpp"

#include <algorithm>
#include <lapstrake/base/text.hpp>
#include <string>
#include <vector>

namespace lapstrake::spec {
namespace {

// A part of a name that is one of these.
constexpr std::string_view secret_words[] = {"auth", "authorization", "cred", "creds", "cookie",
                                             "dsn",  "jwt",           "key",  "keys",  "oauth",
                                             "pass", "pat",           "pwd",  "sas",   "signature"};
// A part that ends so: PGPASSWORD, SYSTEM_ACCESSTOKEN, GITHUB_APIKEY.
constexpr std::string_view endings[] = {"token",      "tokens",       "secret",     "secrets",    "password",
                                        "passwords",  "passwd",       "passphrase", "credential", "credentials",
                                        "apikey",     "accesskey",    "secretkey",  "privatekey", "sshkey",
                                        "signingkey", "encryptionkey"};
// Addresses that hold a login as a rule.
constexpr std::string_view address_ends[] = {
    "_proxy",      "database_url", "db_url",      "redis_url",         "mongo_url",        "mongodb_uri",
    "mongodb_url", "mongo_uri",    "amqp_url",    "rabbitmq_url",      "postgres_url",     "postgresql_url",
    "mysql_url",   "broker_url",   "webhook_url", "connection_string", "connectionstring", "ci_repository_url",
    "sentry_dsn",  "database_uri"};
// Ordinary names that the words above would refuse: a number or a name of something that is public.
constexpr std::string_view ordinary[] = {"public_key", "ssh_public_key", "no_proxy", "max_tokens", "cache_key"};

template <class Table>
bool ends_in(std::string_view text, const Table& table) {
  return std::any_of(std::begin(table), std::end(table), [&](std::string_view end) { return text.ends_with(end); });
}

template <class Table>
bool is_one_of(std::string_view text, const Table& table) {
  return std::find(std::begin(table), std::end(table), text) != std::end(table);
}

}  // namespace

bool is_secret_name(std::string_view name) {
  const auto plain = lower(name);
  if (is_one_of(plain, ordinary) || plain.ends_with("_public_key") || plain.ends_with("_no_proxy")) return false;
  if (ends_in(plain, address_ends)) return true;
  const auto parts = split(plain, '_');
  return std::any_of(parts.begin(), parts.end(), [&](const std::string& part) {
    return ends_in(part, endings) || (is_one_of(part, secret_words) && parts.size() > 1);
  });
}

bool holds_login(std::string_view value) {
  const auto start = value.find("://");
  if (start == value.npos) return false;
  const auto rest = value.substr(start + 3);
  const auto authority = rest.substr(0, rest.find_first_of("/?# \t\n"));
  const auto at = authority.rfind('@');
  return at != authority.npos && authority.substr(0, at).find(':') != authority.npos;
}

}  // namespace lapstrake::spec
