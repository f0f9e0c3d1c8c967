#include "clear_signed.hpp"

#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <string>

namespace lapstrake::packages::deb {
namespace {

constexpr std::string_view message_line = "-----BEGIN PGP SIGNED MESSAGE-----";
constexpr std::string_view signature_line = "-----BEGIN PGP SIGNATURE-----";
constexpr std::string_view end_line = "-----END PGP SIGNATURE-----";

[[noreturn]] void refuse_text(std::string_view what, std::string_view why) {
  throw Error(ErrorKind::integrity, cat(what, " ", why),
              "use another mirror, or ask the archive's owner: the file was changed after it was signed");
}

// A line that begins at or after `from`. Blanks at its end do not count (RFC 9580 7).
std::size_t find_line(std::string_view text, std::string_view line, std::size_t from) {
  for (auto at = text.find(line, from); at != text.npos; at = text.find(line, at + 1)) {
    const auto end = at + line.size();
    const auto rest = text.substr(end, text.find('\n', end) - end);
    if ((at == 0 || text[at - 1] == '\n') && trim(rest).empty()) return at;
  }
  return text.npos;
}

}  // namespace

void expect_only_signed_text(std::string_view text, std::string_view what) {
  const auto begin = find_line(text, message_line, 0);
  if (begin == text.npos)
    throw Error(ErrorKind::integrity, cat(what, " has no signature"),
                "check the URI of the source; archives without signatures are not supported");
  if (begin != 0) refuse_text(what, "has text before the signed message");
  if (find_line(text, message_line, 1) != text.npos) refuse_text(what, "has several signed messages");
  const auto signature = find_line(text, signature_line, 0);
  const auto end = signature == text.npos ? text.npos : find_line(text, end_line, signature);
  if (end == text.npos)
    throw Error(ErrorKind::integrity, cat(what, " is truncated: its signature has no end"),
                "run the command again; if it fails again, use another mirror");
  if (!trim(text.substr(end + end_line.size())).empty()) refuse_text(what, "has text after the signature");
}

}  // namespace lapstrake::packages::deb
