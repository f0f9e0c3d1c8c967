#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/npm/integrity.hpp>

namespace lapstrake::packages::npm {
namespace {

constexpr std::string_view blanks = " \t\r\n\f\v";

std::optional<Checksum> parse_one(std::string_view word) {
  word = word.substr(0, word.find('?'));
  const auto dash = word.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto algorithm = parse_hash_algorithm(word.substr(0, dash));
  // The URL-safe alphabet is not the one of SRI.
  if (!algorithm || word.find_first_of("-_", dash + 1) != std::string_view::npos) return std::nullopt;
  return Checksum::from_base64(*algorithm, word.substr(dash + 1));
}

}  // namespace

std::string sri(const Checksum& checksum) { return cat(name_of(checksum.algorithm), "-", checksum.base64()); }

std::string Integrity::text() const {
  std::vector<std::string> words;
  for (const auto& checksum : checksums) words.push_back(sri(checksum));
  return join(words, " ");
}

std::optional<Integrity> parse_integrity(std::string_view text) {
  Integrity out;
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of(blanks), text.size());
    auto checksum = parse_one(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!checksum) continue;
    if (!out.checksums.empty() && checksum->algorithm < out.algorithm()) continue;
    if (!out.checksums.empty() && checksum->algorithm > out.algorithm()) out.checksums.clear();
    out.checksums.push_back(std::move(*checksum));
  }
  if (out.checksums.empty()) return std::nullopt;
  return out;
}

IntegrityCheck::IntegrityCheck(std::optional<Integrity> expected) : expected_(std::move(expected)) {
  if (!expected_) return;
  const auto algorithm = expected_->algorithm();
  if (algorithm != HashAlgorithm::sha256 && algorithm != HashAlgorithm::sha512) other_.emplace(algorithm);
}

void IntegrityCheck::write(Bytes bytes) {
  sha256_.write(bytes);
  sha512_.write(bytes);
  if (other_) other_->write(bytes);
  size_ += bytes.size();
}

FileSums IntegrityCheck::finish(std::string_view what) {
  const Checksum sha256 = sha256_.finish();
  FileSums out{.digest = *oci::Digest::parse(sha256.text()), .sha512 = sha512_.finish(), .size = size_};
  if (!expected_) return out;
  const Checksum found = other_                                            ? other_->finish()
                         : expected_->algorithm() == HashAlgorithm::sha256 ? sha256
                                                                           : out.sha512;
  if (std::ranges::find(expected_->checksums, found) == expected_->checksums.end())
    throw Error(ErrorKind::integrity, cat(what, " does not have the checksum of the lock file"),
                "download it again; if the package was published again, update the lock file with `npm install`")
        .because(cat("expected ", expected_->text(), ", found ", sri(found), " (", count_of(size_, "byte"), ")"));
  return out;
}

}  // namespace lapstrake::packages::npm
