#include <openssl/sha.h>

#include <array>
#include <cstdint>
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/base/text.hpp>
#include <map>

#include "ca_certificates.hpp"
#include "certificates.hpp"

namespace lapstrake::packages::deb {
namespace {

constexpr std::string_view password = "changeit";
constexpr std::uint64_t magic = 0xFEEDFEED, format_version = 2, trusted_certificate = 2;

// Big-endian.
void put_number(std::string& out, std::uint64_t number, unsigned bytes) {
  for (unsigned i = bytes; i-- > 0;) out += static_cast<char>(number >> (8 * i) & 255);
}

// As DataOutputStream.writeUTF writes text without NUL and characters beyond U+FFFF.
void put_text(std::string& out, std::string_view text) {
  put_number(out, text.size(), 2);
  out += text;
}

// JKS keeps names in lower case. Names are file names (at most 255 bytes).
std::string alias_of(std::string_view link) {
  auto out = cat("debian:", lower(link));
  const bool is_plain = is_utf8(out);
  for (char& c : out)
    if (const auto byte = static_cast<unsigned char>(c); (byte >= 0x80 && !is_plain) || byte >= 0xf0) c = '_';
  return is_utf8(out) ? out : printable(out);
}

// sun.security.provider.JavaKeyStore: a SHA-1 of the password in UTF-16, a fixed text and all before it.
std::string checksum_of(std::string_view data) {
  std::string whole;
  for (const char c : password) {
    whole += '\0';
    whole += c;
  }
  whole += "Mighty Aphrodite";
  whole += data;
  std::array<unsigned char, SHA_DIGEST_LENGTH> sum{};
  SHA1(reinterpret_cast<const unsigned char*>(whole.data()), whole.size(), sum.data());
  return {reinterpret_cast<const char*>(sum.data()), sum.size()};
}

}  // namespace

void apply_java_cacerts(Root& root, const std::string& path) {
  std::map<std::string, std::string> entries;  // certificates by alias
  for (const auto& file : certificate_files(root))
    if (auto certificate = single_certificate(file.text))
      entries.emplace(alias_of(file.link), std::move(certificate->der));
  std::string out;
  put_number(out, magic, 4);
  put_number(out, format_version, 4);
  put_number(out, entries.size(), 4);
  for (const auto& [alias, der] : entries) {
    put_number(out, trusted_certificate, 4);
    put_text(out, alias);
    put_number(out, 0, 8);  // its date in milliseconds since the epoch
    put_text(out, "X.509");
    put_number(out, der.size(), 4);
    out += der;
  }
  out += checksum_of(out);
  root.put_file(path, std::move(out), {}, "ca-certificates-java");
}

}  // namespace lapstrake::packages::deb
