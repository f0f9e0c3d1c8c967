#include <algorithm>
#include <lapstrake/app/packages/apt_sources.hpp>
#include <lapstrake/app/packages/host_indexes.hpp>
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <map>
#include <set>

#include "netrc.hpp"

namespace lapstrake::app {
namespace {

namespace fs = std::filesystem;
namespace deb = packages::deb;

constexpr std::size_t most_config_bytes = 4u << 20;

std::optional<std::string> text_if_any(const fs::path& file) {
  std::error_code failure;
  if (!fs::is_regular_file(file, failure)) return std::nullopt;
  return read_file(file, most_config_bytes);
}

// Files of a folder with one of these endings, in the order of names, as apt reads them.
std::vector<fs::path> files_in(const fs::path& folder, const std::vector<std::string>& endings) {
  std::set<fs::path> out;
  std::error_code failure;
  for (const auto& file : fs::directory_iterator(folder, failure)) {
    const auto extension = file.path().extension().string();
    if (std::ranges::find(endings, extension) != endings.end()) out.insert(file.path());
  }
  return {out.begin(), out.end()};
}

std::vector<AptEntry> host_entries(const AptFolders& folders) {
  std::vector<AptEntry> out;
  const auto add = [&](std::vector<AptEntry> more) { std::ranges::move(more, std::back_inserter(out)); };
  const auto name = [](const fs::path& file) { return cat("`", file.string(), "`"); };
  if (const auto file = folders.etc / "sources.list"; const auto text = text_if_any(file))
    add(parse_sources_list(*text, name(file)));
  for (const auto& file : files_in(folders.etc / "sources.list.d", {".list", ".sources"})) {
    const auto text = text_if_any(file).value_or("");
    add(file.extension() == ".list" ? parse_sources_list(text, name(file)) : parse_deb822_sources(text, name(file)));
  }
  return out;
}

std::string codename_of(const fs::path& os_release) {
  for (const auto& line : split(text_if_any(os_release).value_or(""), '\n'))
    if (line.starts_with("VERSION_CODENAME=")) {
      auto out = line.substr(17);
      std::erase(out, '"');
      return out;
    }
  return {};
}

deb::Keyring keyring_at(const fs::path& file) {
  const auto text = text_if_any(file);
  if (!text)
    throw Error(ErrorKind::usage, cat("cannot find the keyring `", file.string(), "`"),
                "install the archive's keyring (Debian: `apt-get install debian-archive-keyring`), or name a file with "
                "`keyring:` in `sources:`");
  return {.name = file.string(), .bytes = *text};
}

std::vector<deb::Keyring> trusted_keyrings(const AptFolders& folders) {
  std::vector<deb::Keyring> out;
  if (const auto file = folders.etc / "trusted.gpg"; text_if_any(file)) out.push_back(keyring_at(file));
  for (const auto& file : files_in(folders.etc / "trusted.gpg.d", {".gpg", ".asc"})) out.push_back(keyring_at(file));
  return out;
}

std::vector<deb::Keyring> keyrings_of(const AptEntry& entry, const AptFolders& folders) {
  if (!entry.key.empty()) return {{.name = "the key of `Signed-By`", .bytes = entry.key}};
  std::vector<deb::Keyring> out;
  for (const auto& path : entry.signed_by)
    if (path.starts_with('/')) out.push_back(keyring_at(path));
  return out.empty() ? trusted_keyrings(folders) : out;
}

// Debian's and Ubuntu's own keys.
std::vector<deb::Keyring> distribution_keyrings(const AptFolders& folders) {
  std::vector<deb::Keyring> out;
  for (const auto* name : {"debian-archive-keyring.pgp", "debian-archive-keyring.gpg", "ubuntu-archive-keyring.gpg"})
    if (const auto file = folders.keyrings / name; text_if_any(file)) out.push_back(keyring_at(file));
  if (out.empty()) out = trusted_keyrings(folders);
  if (out.empty()) keyring_at(folders.keyrings / "debian-archive-keyring.gpg");  // its Error has the help
  return out;
}

// apt_auth.conf(5): `machine` may have a path behind the host, which is not compared here.
std::optional<std::string> apt_login(const std::string& host, const AptFolders& folders) {
  auto files = files_in(folders.etc / "auth.conf.d", {".conf"});
  files.insert(files.begin(), folders.etc / "auth.conf");
  for (const auto& file : files)
    if (const auto text = text_if_any(file))
      if (const auto login = find_login(*text, host))
        return cat("Basic ", base64(as_bytes(cat(login->user, ":", login->password))));
  return std::nullopt;
}

// A URI without user info, which becomes the login.
void set_uri(DebSource& source, const std::string& uri, const Environment& environment, const AptFolders& folders) {
  source.uri = uri.ends_with('/') ? uri : cat(uri, "/");
  if (source.uri.starts_with("file:")) return;
  if (!source.uri.starts_with("http://") && !source.uri.starts_with("https://"))
    throw Error(ErrorKind::usage, cat("`", uri.substr(0, uri.find(':')), ":` is not a supported kind of archive"),
                "use http, https or file");
  auto authorized = authorized_url(source.uri, environment);
  source.uri = authorized.url.text();
  source.authorization = authorized.authorization ? authorized.authorization : apt_login(authorized.url.host, folders);
}

bool is_of_release(std::string_view name, std::string_view suite) {
  if (!name.starts_with(suite)) return false;
  const auto rest = name.substr(suite.size());
  return rest.empty() || rest == "-updates" || rest == "-security" || rest == "/updates";
}

bool has_suite(const std::vector<AptEntry>& entries, std::string_view suite) {
  return std::ranges::any_of(entries, [&](const auto& entry) {
    return std::ranges::any_of(entry.suites, [&](const auto& name) { return is_of_release(name, suite); });
  });
}

[[noreturn]] void refuse_suite(const std::vector<AptEntry>& entries, const std::string& suite) {
  std::set<std::string> names;
  for (const auto& entry : entries) names.insert(entry.suites.begin(), entry.suites.end());
  const auto known = join({names.begin(), names.end()}, ", ");
  throw Error(ErrorKind::usage,
              suite.empty() ? std::string("this machine's release is unknown")
                            : cat("apt on this machine has no source for the suite `", suite, "`"),
              "name the archive in `sources:` (type: deb, uri, suites), or set `suite:` to one of apt's")
      .because(known.empty() ? std::string("apt has no sources here") : cat("it has: ", known));
}

// The suites of another release from the archives of this machine's: bookworm-security -> trixie-security.
void rename_suites(std::vector<AptEntry>& entries, const std::string& from, const std::string& to) {
  for (auto& entry : entries)
    for (auto& name : entry.suites)
      if (is_of_release(name, from)) name = cat(to, name.substr(from.size()));
}

// "a", and "a#2" for the second archive with a suite of this name.
void make_names_unique(std::vector<DebSource>& sources) {
  std::map<std::string, unsigned> count;
  for (auto& source : sources)
    if (const auto number = ++count[source.name]; number > 1) source.name += cat("#", number);
}

std::vector<std::string> wanted_suites(const spec::PackageSource& source, const std::string& suite) {
  std::vector<std::string> out;
  for (const auto& name : source.suites)
    if (suite.empty() || is_of_release(name, suite)) out.push_back(name);
  return out;
}

void add_source(const std::string& name, const spec::PackageSource& source, const Environment& environment,
                const oci::Deb& step, const AptFolders& folders, std::vector<DebSource>& to) {
  for (const auto& suite : wanted_suites(source, step.suite)) {
    DebSource out{
        .name = cat(name, "/", suite),
        .uri = {},
        .suite = suite,
        .components = source.components,
        .keyrings = source.keyring.empty() ? distribution_keyrings(folders) : std::vector{keyring_at(source.keyring)},
        .check_valid_until = source.check_valid_until};
    set_uri(out, source.uri, environment, folders);
    to.push_back(std::move(out));
  }
}

}  // namespace

std::vector<DebSource> host_deb_sources(const Environment& environment, const std::string& suite,
                                        const std::string& architecture, const AptFolders& folders) {
  auto entries = host_entries(folders);
  const auto own = codename_of(folders.os_release);
  const auto wanted = suite.empty() ? own : suite;
  if (!own.empty() && !wanted.empty() && !has_suite(entries, wanted)) rename_suites(entries, own, wanted);
  std::vector<DebSource> out;
  for (const auto& entry : entries) {
    const auto& architectures = entry.architectures;
    if (!architectures.empty() && std::ranges::find(architectures, architecture) == architectures.end()) continue;
    for (const auto& name : entry.suites) {
      if (wanted.empty() || !is_of_release(name, wanted)) continue;
      if (entry.is_trusted)
        throw Error(ErrorKind::usage, cat("the source of `", name, "` is marked as trusted without signatures"),
                    "sign the archive, and name its key with `Signed-By`");
      DebSource source{.name = name,
                       .uri = {},
                       .suite = name,
                       .components = entry.components,
                       .keyrings = keyrings_of(entry, folders),
                       .check_valid_until = entry.check_valid_until};
      set_uri(source, entry.uris.front(), environment, folders);
      out.push_back(std::move(source));
    }
  }
  if (out.empty()) refuse_suite(entries, wanted);
  make_names_unique(out);
  return out;
}

std::vector<DebSource> deb_sources(const spec::Project& project, const Environment& environment, const oci::Deb& step,
                                   const std::string& architecture, const AptFolders& folders) {
  auto names = step.sources;
  if (names.empty())
    for (const auto& [name, source] : project.sources)
      if (source.type == spec::PackageSource::Type::deb) names.push_back(name);
  if (names.empty()) names.emplace_back("host");
  std::vector<DebSource> out;
  for (const auto& name : names) {
    if (name == "host") {
      auto more = host_deb_sources(environment, step.suite, architecture, folders);
      std::ranges::move(more, std::back_inserter(out));
    } else if (const auto source = project.sources.find(name); source != project.sources.end()) {
      add_source(name, source->second, environment, step, folders, out);
    }
  }
  if (out.empty())
    throw Error(ErrorKind::usage, cat("no source in `sources:` has the suite `", step.suite, "`"),
                "add it to the `suites:` of a source, or change `suite:`");
  return out;
}

}  // namespace lapstrake::app
