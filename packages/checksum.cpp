#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <lapstrake/base/c_handle.hpp>
#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/checksum.hpp>

namespace lapstrake::packages {
namespace {

struct Algorithm {
  std::string_view name;
  std::size_t size;  // bytes
  const EVP_MD* (*implementation)();
};

// In the order of HashAlgorithm.
constexpr std::array<Algorithm, 6> algorithms{{{"md5", 16, EVP_md5},
                                               {"sha1", 20, EVP_sha1},
                                               {"sha224", 28, EVP_sha224},
                                               {"sha256", 32, EVP_sha256},
                                               {"sha384", 48, EVP_sha384},
                                               {"sha512", 64, EVP_sha512}}};

const Algorithm& facts_of(HashAlgorithm algorithm) { return algorithms.at(static_cast<std::size_t>(algorithm)); }

std::optional<std::string> from_hex_digits(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string out;
  out.reserve(text.size() / 2);
  const auto digit = [](char c) -> int {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = digit(text[i]), low = digit(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
  }
  return out;
}

std::optional<Checksum> checksum(HashAlgorithm algorithm, std::optional<std::string> bytes) {
  if (!bytes || bytes->size() != facts_of(algorithm).size) return std::nullopt;
  return Checksum{.algorithm = algorithm, .bytes = std::move(*bytes)};
}

}  // namespace

std::string_view name_of(HashAlgorithm algorithm) { return facts_of(algorithm).name; }

std::optional<HashAlgorithm> parse_hash_algorithm(std::string_view name) {
  const auto found = std::ranges::find(algorithms, name, &Algorithm::name);
  if (found == algorithms.end()) return std::nullopt;
  return static_cast<HashAlgorithm>(found - algorithms.begin());
}

std::optional<Checksum> Checksum::from_hex(HashAlgorithm algorithm, std::string_view hex) {
  return checksum(algorithm, from_hex_digits(hex));
}

std::optional<Checksum> Checksum::from_base64(HashAlgorithm algorithm, std::string_view base64) {
  std::string text(base64);
  std::ranges::replace(text, '-', '+');
  std::ranges::replace(text, '_', '/');
  return checksum(algorithm, base64_decode(text));
}

std::string Checksum::hex() const { return lapstrake::hex(as_bytes(bytes)); }

std::string Checksum::base64() const { return lapstrake::base64(as_bytes(bytes)); }

std::string Checksum::base64_url() const {
  std::string text = base64();
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  while (text.ends_with('=')) text.pop_back();
  return text;
}

std::string Checksum::text() const { return cat(name_of(algorithm), ":", hex()); }

struct Hasher::State {
  HashAlgorithm algorithm;
  CHandle<EVP_MD_CTX, EVP_MD_CTX_free> context{EVP_MD_CTX_new()};
};

namespace {

void require(int result) {
  if (result != 1) throw Error(ErrorKind::internal, "OpenSSL cannot compute a checksum");
}

}  // namespace

Hasher::Hasher(HashAlgorithm algorithm) : state_(std::make_unique<State>(State{.algorithm = algorithm})) {
  require(EVP_DigestInit_ex(state_->context.get(), facts_of(algorithm).implementation(), nullptr));
}
Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

void Hasher::write(Bytes bytes) { require(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size())); }

Checksum Hasher::finish() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
  unsigned size = 0;
  require(EVP_DigestFinal_ex(state_->context.get(), sum.data(), &size));
  return {.algorithm = state_->algorithm, .bytes = std::string(as_text(std::as_bytes(std::span(sum).first(size))))};
}

}  // namespace lapstrake::packages
