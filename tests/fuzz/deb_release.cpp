// InRelease files: what has a valid signature is the one text that was signed, whatever is around it; Release files
// list each file once. The first byte chooses between the signed text and its body.
#include <lapstrake/packages/deb/release.hpp>
#include <lapstrake/packages/deb/signature.hpp>

#include "attempt.hpp"

using namespace lapstrake;
using namespace lapstrake::packages::deb;

namespace {

// The key of the signed texts in the corpus. Its secret half does not exist any more.
constexpr std::string_view public_key =
    "-----BEGIN PGP PUBLIC KEY BLOCK-----\n"
    "\n"
    "mDMEaYAOgBYJKwYBBAHaRw8BAQdAKhSvwne68avGek/tTgf1UAHZYDtpTIYjDNUS\n"
    "bsd8E2m0HUFyY2hpdmUgPGFyY2hpdmVAZXhhbXBsZS5jb20+iJAEExYIADgWIQQ3\n"
    "+AcjVs8ro6iHgk4P2HIL5DFIDQUCaYAOgAIbAwULCQgHAgYVCgkICwIEFgIDAQIe\n"
    "AQIXgAAKCRAP2HIL5DFIDeeyAQCguqraOjwTB5S1L2Li9IjMzbwHKlFgJNuDVbYt\n"
    "zSTeCgD/Wk8Zxns+UdmTrLZ1U0zSVqcaIlsv59r4yvLJJ0245gE=\n"
    "=sIhe\n"
    "-----END PGP PUBLIC KEY BLOCK-----\n";
constexpr std::string_view signed_body = "Suite: stable\nDate: today\n- dash\nSHA256:\n aa 1 main/x\n";
constexpr Time now{std::chrono::seconds(1'770'100'000)};

void check_signed(std::string_view text) {
  const auto found = attempt(ErrorKind::integrity, [&] {
    return verified(text, {{.name = "key.asc", .bytes = std::string(public_key)}}, "the file", now);
  });
  if (!found) return;
  auto body = replace_all(found->body, "\r\n", "\n");
  hold(body == signed_body, "the body is the signed text");
  hold(found->signed_by.size() == 1, "the text has one signer");
}

void check_release(std::string_view text) {
  const auto release = attempt(ErrorKind::integrity, [&] { return parse_release(text, "the file"); });
  if (!release) return;
  hold(!release->suite.empty() || !release->codename.empty(), "a release has a name");
  for (const auto& component : release->components)
    if (const auto path = release->packages_file(component, "amd64"))
      hold(release->files.contains(*path), "an index file is listed");
  attempt(ErrorKind::integrity, [&] {
    expect_fresh(*release, release->codename, "the file", {.now = release->date});
    return true;
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto text = text_of(data, size).substr(1);
  if (data[0] % 2 == 0)
    check_signed(text);
  else
    check_release(text);
  return 0;
}
