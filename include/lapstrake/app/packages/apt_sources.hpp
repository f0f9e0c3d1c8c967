// Archives of Debian packages: those that apt on this machine is configured for (`host`, the default source of `deb:`),
// and those of the spec.
#pragma once
#include <filesystem>
#include <lapstrake/base/runtime.hpp>
#include <lapstrake/oci/recipe.hpp>
#include <lapstrake/packages/deb/signature.hpp>
#include <lapstrake/spec/project.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::app {

// An entry of apt's configuration (sources.list(5)): one line of a `.list` file, or a paragraph of a `.sources` file.
struct AptEntry {
  std::vector<std::string> uris, suites, components, architectures;
  std::vector<std::string> signed_by;  // paths of keyrings, or fingerprints
  std::string key = {};                // an ASCII-armoured key in the file itself
  bool is_trusted = false;             // without signatures
  bool check_valid_until = true;
};
// Entries for source packages and disabled ones are left out. Error{usage} for text that apt would refuse, too.
std::vector<AptEntry> parse_sources_list(std::string_view text, std::string_view what);
std::vector<AptEntry> parse_deb822_sources(std::string_view text, std::string_view what);

// One suite of an archive.
struct DebSource {
  // In the lock: the suite ("bookworm-security"); of a source of the spec, "NAME/SUITE".
  std::string name;
  std::string uri;  // ends in "/"; http, https or file
  std::string suite;
  std::vector<std::string> components;
  std::vector<packages::deb::Keyring> keyrings;
  bool check_valid_until = true;
  std::optional<std::string> authorization = {};  // the value of the header
};

// Where the configuration of apt is.
struct AptFolders {
  std::filesystem::path etc = "/etc/apt", keyrings = "/usr/share/keyrings", os_release = "/etc/os-release";
};

// The suites `suite`, `suite`-updates and `suite`-security of the configuration of apt (/etc/apt/sources.list,
// sources.list.d), for `architecture`. An empty `suite` is that of this machine (VERSION_CODENAME of os-release). If
// the configuration has none of them, but the machine's own: the same URIs with this suite, so that an image may be of
// another release than the machine. Keys: Signed-By, else trusted.gpg and trusted.gpg.d. Logins: apt's auth.conf, then
// netrc. Error{usage}: no such suite, a keyring that is missing, an entry with `trusted`.
std::vector<DebSource> host_deb_sources(const Environment& environment, const std::string& suite,
                                        const std::string& architecture, const AptFolders& folders = {});

// The suites for a step: those of its `source:`, or all sources of type deb of the spec, else those of this machine.
// With `suite:` only that suite, with -updates and -security.
std::vector<DebSource> deb_sources(const spec::Project& project, const Environment& environment, const oci::Deb& step,
                                   const std::string& architecture, const AptFolders& folders = {});

}  // namespace lapstrake::app
