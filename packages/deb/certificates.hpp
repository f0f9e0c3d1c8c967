// Certificates of certificate authorities of the packages, with libcrypto.
#pragma once
#include <lapstrake/packages/deb/root.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages::deb {

inline constexpr std::string_view shared_certificates = "usr/share/ca-certificates",
                                  local_certificates = "usr/local/share/ca-certificates";

struct CertificateFile {
  std::string path;  // usr/share/ca-certificates/mozilla/ACCVRAIZ1.crt
  std::string text;
  std::string link;  // in /etc/ssl/certs: "ACCVRAIZ1.pem"
};
// Files *.crt of the packages in the two folders, each in the order of paths.
std::vector<CertificateFile> certificate_files(const Root& root);

struct Certificate {
  std::string der;
  std::string subject_hash;  // eight hex digits: the name that OpenSSL looks up (openssl-rehash(1))
};
// The certificate of a PEM text with exactly one; nothing for others.
std::optional<Certificate> single_certificate(std::string_view pem);

}  // namespace lapstrake::packages::deb
