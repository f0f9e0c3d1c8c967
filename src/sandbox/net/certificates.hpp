// The sandbox's certificate authority, which issues leaf certificates for host names on demand.
#pragma once
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <filesystem>
#include <lapstrake/base/c_handle.hpp>
#include <map>
#include <mutex>
#include <string>

namespace lapstrake::sandbox {

using PrivateKey = CHandle<EVP_PKEY, EVP_PKEY_free>;
using Certificate = CHandle<X509, X509_free>;

class Authority {
 public:
  // Creates an EC P-256 key and a certificate for 30 days, and writes ca.pem and ca.key (0600) into `folder`.
  explicit Authority(const std::filesystem::path& folder);

  std::filesystem::path ca_file() const { return folder_ / "ca.pem"; }
  EVP_PKEY* leaf_key() const { return leaf_key_.get(); }
  // For localhost, 127.0.0.1 and ::1 when `host` is empty or one of these. Kept; safe from several threads.
  X509* leaf(const std::string& host);

 private:
  std::filesystem::path folder_;
  PrivateKey ca_key_, leaf_key_;
  Certificate ca_;
  std::mutex mutex_;
  std::map<std::string, Certificate> leaves_;
};

}  // namespace lapstrake::sandbox
