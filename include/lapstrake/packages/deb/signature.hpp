// OpenPGP signatures of InRelease files (RFC 9580 7), verified by librnp.
#pragma once
#include <lapstrake/packages/deb/release.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages::deb {

struct Keyring {
  std::string name;   // for messages: a path
  std::string bytes;  // binary or ASCII-armoured OpenPGP certificates
};

struct SignedText {
  std::string body;                    // what was signed: only this may be parsed
  std::vector<std::string> signed_by;  // fingerprints of the primary keys with valid signatures, upper-case hex, sorted
};

// Verifies a clear-signed text against the keys of `keyrings` only, at the time `now`. Error{integrity}: nothing but
// the signed message may be in the text (text before or after it is refused), and at least one signature must be valid
// and by a key of the keyrings. Expired and revoked keys, expired signatures and weak hashes (SHA-1, MD5) do not count.
// Error{usage}: a keyring without keys. Each cause has its own message, with the fingerprints of the signatures and how
// to get the key. The body has no blanks at the ends of lines, which are not signed.
SignedText verified(std::string_view clear_signed, const std::vector<Keyring>& keyrings, std::string_view what,
                    Time now);

}  // namespace lapstrake::packages::deb
