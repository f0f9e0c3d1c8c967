#include "formats.hpp"

#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/patterns.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/reference.hpp>

#include "values.hpp"

namespace lapstrake::spec {
namespace {

using FormatResult = std::optional<FormatError>;

bool has_parent_part(std::string_view path) {
  const auto parts = split(path, '/');
  return std::ranges::find(parts, "..") != parts.end();
}

FormatResult accept(std::string_view) { return std::nullopt; }

FormatResult need(bool is_right, std::string_view message, std::string_view hint) {
  if (is_right) return std::nullopt;
  return FormatError{std::string(message), std::string(hint)};
}

FormatResult one_line(std::string_view text) {
  return need(text.find_first_of("\r\n") == std::string_view::npos, "contains a line break", "write a single line");
}
FormatResult some(std::string_view text) { return need(!text.empty(), "is empty", "set a value, or remove the line"); }
FormatResult name(std::string_view text) {
  return need(is_word(text, 128, true, "", "._-"), "is not a valid name",
              "use letters, digits, `.`, `_` and `-`, and start with a letter or a digit");
}
FormatResult variable(std::string_view text) {
  return need(is_word(text, 128, false, "_", "_-"), "is not a valid variable name",
              "use letters, digits, `_` and `-`, and start with a letter or `_`");
}
FormatResult family(std::string_view text) {
  return need(is_word(text, 255, true, "_-", "_-"), "is not a valid name of a task definition",
              "use at most 255 letters, digits, `_` and `-`");
}
FormatResult account(std::string_view text) {
  return need(is_account(text), "is not a valid user or group name",
              "use at most 32 letters, digits, `_`, `.` and `-`, and start with a letter or `_`");
}

FormatResult folder_path(std::string_view text) {
  if (!text.starts_with('/'))
    return FormatError{"is not an absolute path", has_parent_part(text) || text.empty()
                                                      ? "paths in the image start with `/`"
                                                      : cat("write `/", printable(text, 60), "`")};
  return need(!has_parent_part(text), "contains `..`", "write the path without `..`");
}
FormatResult file_path(std::string_view text) {
  if (auto error = folder_path(text)) return error;
  return need(!text.ends_with('/'), "ends with `/`", "write the path of a file");
}
FormatResult source(std::string_view text) {
  if (auto error = some(text)) return error;
  static constexpr std::string_view cure = "move it into this folder, or use --allow-outside";
  if (auto error = need(!text.starts_with('/'), "is outside the spec's folder", cure)) return error;
  return need(!has_parent_part(text), "is outside the spec's folder", cure);
}

FormatResult owner(std::string_view text) {
  return need(parse_owner(text).has_value(), "is not a valid owner",
              "write USER or USER:GROUP, each a name or a number");
}
FormatResult mode(std::string_view text) {
  return need(parse_mode(text).has_value(), "is not a valid mode",
              "use three or four octal digits, for example \"0644\"");
}
FormatResult copy_mode(std::string_view text) {
  return need(text == "keep" || parse_mode(text), "is not a valid mode",
              "use three or four octal digits, for example \"0644\", or `keep`");
}

FormatResult platform(std::string_view text) {
  try {
    oci::Platform::parse(text);
    return std::nullopt;
  } catch (const Error& error) {
    return FormatError{"is not a valid platform", error.help()};
  }
}

bool names_host(std::string_view text) {
  const auto first = text.substr(0, text.find('/'));
  return first != text && (first.find_first_of(".:") != std::string_view::npos || first == "localhost");
}

FormatResult reference(std::string_view text) {
  try {
    oci::parse_reference(text);
    return std::nullopt;
  } catch (const Error& error) {
    return FormatError{"is not a valid image reference", error.reason()};
  }
}

FormatResult repository(std::string_view text) {
  if (auto error = reference(text)) return FormatError{"is not a valid repository", error->hint};
  const auto parsed = oci::parse_reference(text);
  const auto* in_registry = std::get_if<oci::RegistryReference>(&parsed);
  if (in_registry == nullptr) return FormatError{"is a path on disk", "write HOST/NAME"};
  if (in_registry->digest) return FormatError{"contains a digest", "remove it: the build computes the digest"};
  if (!in_registry->tag.empty())
    return FormatError{"contains a tag", cat("move it to `tags: [\"", in_registry->tag, "\"]`")};
  return need(names_host(text), "has no host", "write host/name, for example registry.example/team/app");
}
FormatResult tag(std::string_view text) {
  return need(oci::is_tag(text), "is not a valid tag",
              "use at most 128 letters, digits, `_`, `.` and `-`; the first must not be `.` or `-`");
}
FormatResult base(std::string_view text) { return text == "scratch" ? std::nullopt : reference(text); }

FormatResult port(std::string_view text) {
  return need(parse_ports(text).has_value(), "is not a valid port",
              "write 1 to 65535 or a range such as 8000-8002, optionally with /tcp, /udp or /sctp");
}

FormatResult signal(std::string_view text) {
  if (parse_signal(text)) return std::nullopt;
  const auto meant = nearest(text.starts_with("SIG") ? std::string(text) : cat("SIG", text), signals());
  return FormatError{"is not a valid signal",
                     meant ? cat("did you mean `", *meant, "`?") : "for example SIGTERM or SIGQUIT"};
}

FormatResult env_name(std::string_view text) {
  return need(is_word(text, 255, false, "_", "_.-"), "is not a valid environment variable name",
              "use letters, digits and `_`, and start with a letter or `_`");
}

// setcap's clauses: names, then `=` or `+` and flags of e, i and p.
bool is_capability_clause(std::string_view clause) {
  const auto operation = clause.find_first_of("=+");
  if (operation == std::string_view::npos || operation == 0 || operation + 1 == clause.size()) return false;
  for (const auto& capability : split(clause.substr(0, operation), ','))
    if (capability != "all" &&
        !(capability.starts_with("cap_") && capability.size() > 4 &&
          std::ranges::all_of(capability, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; })))
      return false;
  return std::ranges::all_of(clause.substr(operation + 1), [](char c) { return c == 'e' || c == 'i' || c == 'p'; });
}
FormatResult capabilities(std::string_view text) {
  const auto clauses = split(text, ' ');
  return need(std::ranges::all_of(clauses, is_capability_clause), "is not a valid set of capabilities",
              "use setcap's syntax, for example cap_net_bind_service=ep");
}

FormatResult xattr_name(std::string_view text) {
  if (text == "security.capability") return FormatError{"is set by `capabilities:`", "use that key of the layer"};
  const auto dot = text.find('.');
  const auto space = text.substr(0, dot);
  const bool known = space == "user" || space == "trusted" || space == "security" || space == "system";
  return need(known && dot != std::string_view::npos && dot + 1 < text.size() && text.size() <= 255,
              "is not a valid name of an extended attribute",
              "start with `user.`, `trusted.`, `security.` or `system.`, for example user.origin");
}
FormatResult xattr_value(std::string_view text) {
  return need(parse_xattr(text).has_value(), "is not a valid value of an extended attribute",
              "write 0x and pairs of hex digits, 0s and base64, or plain text");
}

FormatResult host(std::string_view text) {
  if (const auto scheme = text.find("://"); scheme != std::string_view::npos)
    return FormatError{"is a URL",
                       cat("write only the host: `",
                           printable(text.substr(scheme + 3, text.find('/', scheme + 3) - scheme - 3), 80), "`")};
  return need(
      text.find('/') == std::string_view::npos && !reference(cat(text, names_host(cat(text, "/x")) ? "/x" : ".x/x")),
      "is not a valid host", "write a host name or an address, optionally with a port: registry.example:5000");
}

FormatResult origin(std::string_view text) {
  static constexpr std::string_view form = "write only the scheme and the host: https://login.registry.example";
  const auto colon = text.find("://");
  if (colon == std::string_view::npos || (!text.starts_with("https://") && !text.starts_with("http://")))
    return FormatError{"is not a valid server address", std::string(form)};
  const auto rest = text.substr(colon + 3);
  return need(!host(rest.substr(0, rest.find('/'))) && rest.find('/') >= rest.size() - 1,
              "is not a valid server address", form);
}

FormatResult mirror(std::string_view text) {
  static constexpr std::string_view form = "write a host, optionally with a path prefix: mirror.corp.example/hub";
  if (text.find('/') == std::string_view::npos) return host(text);
  if (text.find("://") != std::string_view::npos) return host(text);
  return need(!repository(text), "is not a valid mirror", form);
}

bool is_media_name(std::string_view text) { return is_word(text, 127, true, "", "!#$&^_.+-"); }
FormatResult media_type(std::string_view text) {
  const auto slash = text.find('/');
  return need(
      slash != std::string_view::npos && is_media_name(text.substr(0, slash)) && is_media_name(text.substr(slash + 1)),
      "is not a valid media type", "write TYPE/NAME, for example application/spdx+json");
}

// ECR's ImageTagMutabilityExclusionFilterValue.
FormatResult tag_pattern(std::string_view text) {
  constexpr std::string_view allowed = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ._*-";
  return need(!text.empty() && text.size() <= 128 && text.find_first_not_of(allowed) == std::string_view::npos,
              "is not a valid tag pattern", "use letters, digits, `.`, `_`, `-`, and `*` for any text");
}

FormatResult glob_path(std::string_view text) {
  if (auto error = file_path(text)) return error;
  try {
    const PathGlob glob(split(text.substr(1), '/'));
    return std::nullopt;
  } catch (const Error& error) {
    return FormatError{"is not a valid pattern", error.help().empty() ? "write `\\[` for a literal `[`" : error.help()};
  }
}

// A name that is not a reference ("Web") may be one of `images:`.
FormatResult image(std::string_view text) {
  if (text == "scratch") return FormatError{"is the empty image", "name another image"};
  return name(text) ? reference(text) : std::nullopt;
}

FormatResult venv(std::string_view text) {
  if (text == "system") return std::nullopt;
  return folder_path(text);
}

// The variables of a platform may be anywhere behind the host.
FormatResult url(std::string_view text) {
  static constexpr std::string_view form = "write an http or https URL: https://example.com/tool.tar.gz";
  const auto colon = text.find("://");
  const auto scheme = lower(text.substr(0, colon));
  if (colon == std::string_view::npos || (scheme != "https" && scheme != "http"))
    return FormatError{"is not a valid URL", std::string(form)};
  const auto rest = text.substr(colon + 3);
  const auto authority = rest.substr(0, rest.find_first_of("/?#"));
  if (authority.find('@') != std::string_view::npos)
    return FormatError{"contains credentials", "remove them: a spec never contains credentials", true};
  const bool plain = std::ranges::all_of(rest, [](char c) { return c > ' ' && c < '\x7f' && c != '\\'; });
  if (rest.find('#') != std::string_view::npos) return FormatError{"contains a fragment", "remove it, from `#` on"};
  return need(plain && !host(authority), "is not a valid URL", form);
}

FormatResult sha256(std::string_view text) {
  if (text.starts_with("sha256:")) return FormatError{"has a prefix", "write only the 64 hex digits"};
  return need(text.size() == 64 && text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos,
              "is not a sha256", "write its 64 hex digits, as `sha256sum FILE` prints them");
}

// At most three digits, so that they are numbers for every reader.
bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= 3 && std::ranges::all_of(text, is_digit) &&
         (text.size() == 1 || text[0] != '0');
}

FormatResult python(std::string_view text) {
  const auto parts = split(text, '.');
  return need((parts.size() == 2 || parts.size() == 3) && parts[0] == "3" && std::ranges::all_of(parts, is_number),
              "is not a version of Python", "write for example \"3.11\" or \"3.11.4\"");
}

FormatResult libc(std::string_view text) {
  const auto dash = text.find('-');
  const auto name = text.substr(0, dash);
  const auto parts = dash == std::string_view::npos ? std::vector<std::string>() : split(text.substr(dash + 1), '.');
  return need((name == "glibc" || name == "musl") && parts.size() == 2 && std::ranges::all_of(parts, is_number),
              "is not a C library with its version", "write for example glibc-2.36 or musl-1.2");
}

// A name of a folder below `dists/` of a Debian archive: bookworm, bookworm/updates.
FormatResult suite(std::string_view text) {
  if (text.ends_with('/')) return FormatError{"is a flat repository, which is not supported", "name a suite"};
  return need(is_word(text, 128, true, "", "._-+~/") && !has_parent_part(text), "is not the name of a suite",
              "write for example bookworm or bookworm-security");
}

bool is_package(std::string_view text) {
  return text.size() > 1 && text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789+-.") == text.npos &&
         is_word(text.substr(0, 1), 1, true, "", "");
}
FormatResult deb_package(std::string_view text) {
  if (is_package(text)) return std::nullopt;
  return FormatError{"is not the name of a Debian package",
                     is_package(lower(text)) ? cat("write `", lower(text), "`") : "write for example libgl1"};
}

// Versions and special forms of apt are the resolver's to judge. This refuses what Dockerfiles have around the names.
FormatResult deb_request(std::string_view text) {
  if (text.ends_with(".deb")) return source(text);
  if (text.starts_with('-')) return FormatError{"is an option of apt-get", "remove it"};
  if (text == "\\" || text == "&&") return FormatError{"is a part of a command", "list only packages"};
  const auto name = text.substr(0, text.find_first_of(" ("));
  const auto rest = trim(text.substr(name.size()));
  if (!name.empty() && !rest.empty() && !rest.starts_with('(') && !rest.starts_with('='))
    return FormatError{"contains several words", "write one item for each package: `[nginx, curl]`"};
  if (replace_all(std::string(text), "${platform.", "").find('$') != std::string::npos)
    return FormatError{"contains a variable of a shell", "write the version itself"};
  return need(!name.empty() && text.find_first_of("\r\n\t") == text.npos, "is not a package",
              "write a name, a name with a version as in `nginx (>= 1.22)`, or the path of a .deb file");
}

FormatResult archive_url(std::string_view text) {
  if (!lower(text.substr(0, 5)).starts_with("file:")) return url(text);
  const auto rest = text.substr(5);
  const bool plain = std::ranges::all_of(rest, [](char c) { return c > ' ' && c < '\x7f' && c != '\\'; });
  const auto path = rest.starts_with("//") ? rest.substr(2) : rest;
  return need(plain && path.starts_with('/') && !path.starts_with("//") && !has_parent_part(path) &&
                  path.find_first_of("?#") == path.npos,
              "is not a valid URL of a folder", "write an absolute path: file:///srv/debian");
}

const FormatRow rows[] = {
    {Format::any, "text", "", true, accept},
    {Format::one_line, "one line of text", R"(^[^\r\n]*$)", true, one_line},
    {Format::some, "non-empty text", R"([\s\S])", true, some},
    {Format::name, "a name", R"(^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$)", true, name},
    {Format::variable, "a variable's name", R"(^[A-Za-z_][A-Za-z0-9_-]{0,127}$)", false, variable},
    {Format::family, "a family's name", R"(^[A-Za-z0-9_-]{1,255}$)", true, family},
    {Format::account, "a user's or group's name", R"(^[A-Za-z_][A-Za-z0-9_.-]{0,31}\$?$)", false, account},
    {Format::file_path, "an absolute path", R"(^(?![\s\S]*/\.\.(/|$))/[\s\S]*[^/]$)", false, file_path},
    {Format::folder_path, "an absolute path", R"(^(?![\s\S]*/\.\.(/|$))/)", false, folder_path},
    {Format::source, "a path in the spec's folder", R"(^(?!/)(?!([\s\S]*/)?\.\.(/|$))[\s\S])", true, source},
    {Format::owner, "USER[:GROUP]", R"(^[A-Za-z0-9_.-]+\$?(:[A-Za-z0-9_.-]+\$?)?$)", true, owner},
    {Format::mode, "an octal mode", "^0?[0-7]{3,4}$", true, mode},
    {Format::copy_mode, "an octal mode, or `keep`", "^(0?[0-7]{3,4}|keep)$", true, copy_mode},
    {Format::platform, "OS/ARCHITECTURE[/VARIANT]", "^[a-z0-9]+(/[a-z0-9_]+){0,2}$", false, platform},
    {Format::repository, "HOST/NAME", R"(^[A-Za-z0-9.\[\]:-]+(/[a-z0-9]+([._-]+[a-z0-9]+)*)+$)", false, repository},
    {Format::tag, "a tag", "^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$", true, tag},
    {Format::tag_pattern, "a tag, with `*` for any text", R"(^[A-Za-z0-9._*-]{1,128}$)", true, tag_pattern},
    {Format::base, "`scratch` or an image reference", R"(^[^\s]+$)", false, base},
    {Format::port, "PORT[-LAST][/tcp or /udp]", "^[0-9]{1,5}(-[0-9]{1,5})?(/(tcp|udp|sctp))?$", true, port},
    {Format::signal, "a signal", R"(^(SIG[A-Z0-9]+([+-][0-9]+)?|[0-9]{1,2})$)", true, signal},
    {Format::env_name, "a variable's name", "^[A-Za-z_][A-Za-z0-9_.-]{0,254}$", false, env_name},
    {Format::capabilities, "capabilities in setcap's syntax", "^[a-z_,]+[=+][eip]+( [a-z_,]+[=+][eip]+)*$", false,
     capabilities},
    {Format::xattr_name, "an extended attribute's name", R"(^(user|trusted|security|system)\.(?!capability$))", false,
     xattr_name},
    {Format::xattr_value, "text, or 0x and hex, or 0s and base64", "", true, xattr_value},
    {Format::host, "HOST[:PORT]", R"(^[A-Za-z0-9.\[\]:-]+$)", false, host},
    {Format::origin, "https://HOST[:PORT]", R"(^https?://[A-Za-z0-9.\[\]:-]+/?$)", false, origin},
    {Format::mirror, "HOST[:PORT][/PATH]", R"(^[A-Za-z0-9.\[\]:-]+(/[a-z0-9]+([._-]+[a-z0-9]+)*)*$)", false, mirror},
    {Format::media_type, "a media type",
     R"(^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}$)", false, media_type},
    {Format::glob_path, "an absolute path or a glob", R"(^(?![\s\S]*/\.\.(/|$))/[\s\S]*[^/]$)", false, glob_path},
    {Format::image, "a name of `images:` or an image reference", R"(^[^\s]+$)", false, image},
    {Format::venv, "an absolute path, or `system`", R"(^((?![\s\S]*/\.\.(/|$))/|system$))", false, venv},
    {Format::url, "an http or https URL", R"(^[Hh][Tt][Tt][Pp][Ss]?://[A-Za-z0-9.\[\]:-]+([/?][!-~]*)?$)", false, url},
    {Format::sha256, "64 hex digits", "^[0-9A-Fa-f]{64}$", true, sha256},
    {Format::python, "a version of Python", R"(^3(\.[0-9]{1,3}){1,2}$)", true, python},
    {Format::libc, "glibc-VERSION or musl-VERSION", R"(^(glibc|musl)-[0-9]{1,3}\.[0-9]{1,3}$)", false, libc},
    {Format::suite, "a suite", R"(^(?!([\s\S]*/)?\.\.(/|$))[A-Za-z0-9][A-Za-z0-9._+~/-]*$)", false, suite},
    {Format::deb_package, "a Debian package", "^[a-z0-9][a-z0-9+.-]+$", false, deb_package},
    {Format::deb_request, "a Debian package, optionally with a version, or the path of a .deb file",
     R"(^(?![-/])(?!([\s\S]*/)?\.\./)[^\r\n\t ]+( *[(=][^\r\n\t]*| *)$)", false, deb_request},
    {Format::archive_url, "an http, https or file URL",
     R"(^([Hh][Tt][Tt][Pp][Ss]?://[A-Za-z0-9.\[\]:-]+([/?][!-~]*)?|[Ff][Ii][Ll][Ee]:(//)?/[!-~]*)$)", false,
     archive_url},
};

}  // namespace

const FormatRow& row(Format format) { return *std::ranges::find(rows, format, &FormatRow::format); }

}  // namespace lapstrake::spec
