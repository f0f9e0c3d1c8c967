#include <algorithm>
#include <array>
#include <charconv>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/deb/control.hpp>
#include <lapstrake/packages/deb/release.hpp>

namespace lapstrake::packages::deb {
namespace {

constexpr auto most_clock_difference = std::chrono::hours(1);

[[noreturn]] void refuse_release(std::string_view what, std::string_view why) {
  throw Error(
      ErrorKind::integrity, cat(what, " ", why),
      "check the URI and the suite of the source: a Release file has `Date`, `Suite` or `Codename`, and `SHA256`");
}

std::vector<std::string> words(const Stanza& stanza, std::string_view name) {
  const auto views = words_of(stanza.value(name));
  return {views.begin(), views.end()};
}

template <class Number>
std::optional<Number> number_in(std::string_view text) {
  Number out{};
  const auto end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, out);
  return read.ec == std::errc() && read.ptr == end ? std::optional(out) : std::nullopt;
}

// " <sha256> <size> <path>"
std::map<std::string, IndexFile> files_of(const Stanza& stanza, std::string_view what) {
  const auto section = stanza.find("SHA256");
  if (!section) refuse_release(what, "has no section `SHA256`");
  std::map<std::string, IndexFile> out;
  for (const auto line : lines_of(*section)) {
    const auto parts = words_of(line);
    const auto digest = parts.size() == 3 ? oci::Digest::parse(cat("sha256:", parts[0])) : std::nullopt;
    const auto size = parts.size() == 3 ? number_in<std::uint64_t>(parts[1]) : std::nullopt;
    if (!digest || !size) refuse_release(what, cat("has an invalid line in `SHA256`: `", printable(line, 200), "`"));
    const IndexFile file{.digest = *digest, .size = *size};
    if (const auto& listed = out.emplace(parts[2], file).first->second; listed != file)
      refuse_release(what, cat("lists `", printable(parts[2], 200), "` twice, with different digests or sizes"));
  }
  return out;
}

// RFC 5322 3.3, as Release files have it: the zone is UTC (or GMT, +0000).
std::optional<Time> time_of(const std::vector<std::string_view>& parts) {
  constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = number_in<unsigned>(parts[0]);
  const auto month = std::ranges::find(months, parts[1]);
  const auto year = number_in<int>(parts[2]);
  const auto clock = split(parts[3], ':');
  if (!day || month == months.end() || !year || clock.size() != 3) return std::nullopt;
  const auto hours = number_in<int>(clock[0]), minutes = number_in<int>(clock[1]), seconds = number_in<int>(clock[2]);
  const std::chrono::year_month_day date(std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(month - months.begin() + 1)),
                                         std::chrono::day(*day));
  if (!date.ok() || *year < 1970 || *year > 9999 || !hours || !minutes || !seconds || *hours > 23 || *minutes > 59 ||
      *seconds > 60 || *hours < 0 || *minutes < 0 || *seconds < 0)
    return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(*hours) + std::chrono::minutes(*minutes) +
         std::chrono::seconds(*seconds);
}

Time required_time(const Stanza& stanza, std::string_view name, std::string_view what) {
  const auto text = stanza.value(name);
  if (text.empty()) refuse_release(what, cat("has no `", name, "`"));
  if (const auto time = parse_time(text)) return *time;
  refuse_release(what, cat("has an invalid `", name, "`: `", printable(text, 100), "`"));
}

std::string shown(Time time) {
  const auto days = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(days);
  const auto two = [](auto number) { return cat(number < 10 ? "0" : "", number); };
  const std::chrono::hh_mm_ss clock(time - days);
  return cat(static_cast<int>(date.year()), "-", two(static_cast<unsigned>(date.month())), "-",
             two(static_cast<unsigned>(date.day())), " ", two(clock.hours().count()), ":", two(clock.minutes().count()),
             ":", two(clock.seconds().count()), " UTC");
}

// "`oldstable` (`bookworm`)"
std::string names_of(const Release& release) {
  const auto quoted = [](const std::string& name) { return cat("`", printable(name, 100), "`"); };
  if (release.suite.empty() || release.suite == release.codename) return quoted(release.codename);
  return release.codename.empty() ? quoted(release.suite)
                                  : cat(quoted(release.suite), " (", quoted(release.codename), ")");
}

}  // namespace

std::optional<Time> parse_time(std::string_view text) {
  auto parts = words_of(text);
  if (!parts.empty() && parts.front().ends_with(',')) parts.erase(parts.begin());
  if (parts.size() != 5 || (parts[4] != "UTC" && parts[4] != "GMT" && parts[4] != "+0000")) return std::nullopt;
  return time_of(parts);
}

bool Release::has_security_updates() const {
  return label.find("Security") != label.npos || suite.ends_with("-security") || codename.ends_with("-security");
}

std::optional<std::string> Release::packages_file(std::string_view component, std::string_view architecture) const {
  const auto name = component.substr(component.rfind('/') + 1);  // "updates/main" of old security suites
  for (const auto* ending : {".xz", ".gz", ""})
    for (const auto folder : {component, name})
      if (auto path = cat(folder, "/binary-", architecture, "/Packages", ending); files.contains(path)) return path;
  return std::nullopt;
}

Release parse_release(std::string_view body, std::string_view what) {
  const auto stanza = single_stanza(body, what);
  const auto text = [&](std::string_view name) { return std::string(stanza.value(name)); };
  Release out{.origin = text("Origin"),
              .label = text("Label"),
              .suite = text("Suite"),
              .codename = text("Codename"),
              .version = text("Version"),
              .date = required_time(stanza, "Date", what),
              .valid_until = {},
              .architectures = words(stanza, "Architectures"),
              .components = words(stanza, "Components"),
              .acquire_by_hash = stanza.value("Acquire-By-Hash") == "yes",
              .files = files_of(stanza, what)};
  if (out.suite.empty() && out.codename.empty()) refuse_release(what, "has neither `Suite` nor `Codename`");
  if (stanza.find("Valid-Until")) out.valid_until = required_time(stanza, "Valid-Until", what);
  return out;
}

void expect_fresh(const Release& release, std::string_view suite, std::string_view what, const Freshness& freshness) {
  const auto fail = [&](std::string_view why, std::string help) {
    throw Error(ErrorKind::integrity, cat(what, " ", why), std::move(help));
  };
  // dists/buster/updates has the codename `buster`, or `buster/updates`.
  const auto is_named = [&](std::string_view name) {
    return name == suite || name == suite.substr(0, suite.find('/'));
  };
  if (!is_named(release.suite) && !is_named(release.codename))
    fail(cat("is for ", names_of(release), ", not for `", suite, "`"),
         "check the URI and the suite of the source: the server may answer with the file of another suite");
  if (release.date > freshness.now + most_clock_difference)
    fail(cat("is from the future: ", shown(release.date)), "correct the clock of this machine");
  if (freshness.check_valid_until && release.valid_until && *release.valid_until < freshness.now)
    fail(cat("expired on ", shown(*release.valid_until)),
         "use a mirror that is up to date; for a snapshot, set `check_valid_until: false` in `sources:`");
  if (!freshness.locked_codename.empty() && freshness.locked_codename != release.codename)
    fail(cat("has the codename `", printable(release.codename, 100), "`, but `lapstrake.lock` was made from `",
             printable(freshness.locked_codename, 100), "`"),
         "set `suite:` to the codename; to move to the new release, delete the entry from `lapstrake.lock`");
  if (freshness.locked_date && release.date < *freshness.locked_date)
    fail(cat("is older than the one that `lapstrake.lock` was made from: ", shown(release.date), " instead of ",
             shown(*freshness.locked_date)),
         "use a mirror that is up to date; to move to an older snapshot, delete the entry from `lapstrake.lock`");
}

}  // namespace lapstrake::packages::deb
