#include <array>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/pip/names.hpp>
#include <utility>

#include "wheel_reasons.hpp"
#include "wheel_refusal.hpp"

namespace lapstrake::packages::pip {
namespace {

// Projects without wheels, or with few, and the projects with wheels that replace them.
constexpr std::array<std::pair<std::string_view, std::string_view>, 14> replacements{
    {{"docopt", "docopt-ng"},
     {"faiss", "faiss-cpu"},
     {"m2crypto", "cryptography"},
     {"mysql-python", "pymysql"},
     {"mysqlclient", "pymysql"},
     {"psycopg2", "psycopg2-binary or psycopg[binary]"},
     {"pycrypto", "pycryptodome"},
     {"pycurl", "httpx or requests"},
     {"python-ldap", "ldap3"},
     {"python-levenshtein", "rapidfuzz"},
     {"python-snappy", "cramjam"},
     {"pysqlite3", "pysqlite3-binary"},
     {"sklearn", "scikit-learn"},
     {"uwsgi", "gunicorn"}}};

std::string replacement_of(std::string_view name) {
  const auto normal = normalized_name(name);
  for (const auto& [project, replacement] : replacements)
    if (normal == project) return cat(", or use ", replacement, " instead");
  return {};
}

std::string build_help(std::string_view name, std::string_view version) {
  return cat("lapstrake does not run builds: build the wheel in CI (`pip wheel ", name, "==", version,
             "`) and publish it to your index", replacement_of(name));
}

struct Nearest {
  WheelName wheel;
  int weight = 0;
};

std::optional<Nearest> nearest_wheel(const std::vector<std::string>& file_names, const Target& target) {
  std::optional<Nearest> best;
  for (const auto& file_name : file_names) {
    auto wheel = WheelName::from_text(file_name);
    if (!wheel) continue;
    int weight = 0;
    for (const auto& reason : reasons_against(*wheel, target)) weight += reason.weight;
    if (!best || weight < best->weight) best = Nearest{.wheel = *std::move(wheel), .weight = weight};
  }
  return best;
}

}  // namespace

void refuse_choice(std::string_view name, std::string_view version, const std::vector<std::string>& file_names,
                   const Target& target) {
  const auto project = printable(cat(name, " ", version), 200);
  if (file_names.empty())
    throw Error(ErrorKind::usage, cat(project, " has no files"), build_help(printable(name), printable(version)));
  const auto nearest = nearest_wheel(file_names, target);
  if (!nearest)
    throw Error(ErrorKind::usage, cat(project, " has no wheel, only a source archive"),
                build_help(printable(name), printable(version)));
  throw Error(
      ErrorKind::usage, cat("no wheel of ", project, " fits ", target.text()),
      cat("use a version with such a wheel, or another base image; ", build_help(printable(name), printable(version))))
      .because(cat("the nearest, `", nearest->wheel.text, "`, ", join(why_not(nearest->wheel, target), ", and ")));
}

}  // namespace lapstrake::packages::pip
