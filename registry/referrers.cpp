#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/image.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <lapstrake/registry/referrers.hpp>
#include <nlohmann/json.hpp>

#include "registry_http.hpp"

namespace lapstrake::registry {
namespace {

using nlohmann::json;

constexpr std::size_t most_text = 8u << 20;   // of all pages
constexpr unsigned most_pages = 1000;         //
constexpr std::size_t most_index = 4u << 20;  // what registries take
constexpr std::string_view index_type = oci::media_type::index;

// `<https://...>; rel="next"`
std::optional<std::string> next_page(const http::Headers& headers) {
  for (const auto& field : headers.find_all("Link"))
    for (const auto& link : split(field, ',')) {
      const auto open = link.find('<'), close = link.find('>');
      if (open == link.npos || close == link.npos || close < open) continue;
      const auto parameters = replace_all(lower(link.substr(close)), "\"", "");
      if (parameters.find("rel=next") != parameters.npos) return link.substr(open + 1, close - open - 1);
    }
  return std::nullopt;
}

// The API is missing: 404 by the specification; other statuses for unknown paths.
bool lacks_api(int status) { return status == 404 || status == 405 || status == 501; }

void keep(std::vector<oci::Descriptor>& list, const std::string& artifact_type) {
  std::erase_if(list, [&](const auto& one) { return !artifact_type.empty() && one.artifact_type != artifact_type; });
}

// The index at the fallback tag: its descriptor and its JSON.
struct Fallback {
  std::optional<oci::Descriptor> descriptor;
  json index{{"schemaVersion", 2}, {"mediaType", index_type}, {"manifests", json::array()}};
};

Fallback read_fallback(const Repository& repository, const std::string& tag) {
  Fallback fallback{.descriptor = repository.find_manifest(tag)};
  if (!fallback.descriptor) return fallback;
  const auto what = cat("the index at the tag `", tag, "` of `", repository.name(), "`");
  const auto text = repository.get_manifest(fallback.descriptor->digest.text());
  oci::parse_index(text.text, text.descriptor.media_type, what);  // throws if it is not a valid index
  fallback.index = parse_json(text.text, what, {.most_bytes = most_text});
  return fallback;
}

bool names(const json& index, const oci::Digest& digest) {
  const auto& list = index.at("manifests");
  return std::any_of(list.begin(), list.end(), [&](const json& one) { return one.at("digest") == digest.text(); });
}

}  // namespace

std::string fallback_tag(const oci::Digest& subject) { return cat("sha256-", subject.hex()); }

std::optional<std::vector<oci::Descriptor>> Repository::referrers(const oci::Digest& subject,
                                                                  const std::string& artifact_type) const {
  const auto what = cat("the referrers of ", subject.text(), " in `", name(), "`");
  auto url = http_->url("referrers/" + subject.text());
  if (!artifact_type.empty()) url = with_query(url, "artifactType", artifact_type);
  std::vector<oci::Descriptor> all;
  std::size_t size = 0;
  for (unsigned page = 0;; ++page) {
    const auto response = http_->send(
        {.url = url, .headers = {{"Accept", std::string(index_type)}}, .most_reply = most_text}, Access::pull);
    if (page == 0 && lacks_api(response.status)) return std::nullopt;
    if (response.status != 200) throw http_->error_of(response, cat("cannot list ", what));
    size += response.body.size();
    if (size > most_text || page == most_pages)
      throw Error(ErrorKind::integrity, cat("the list of ", what, " is too long"));
    auto index = oci::parse_index(response.body, index_type, cat("the list of ", what));
    all.insert(all.end(), index.manifests.begin(), index.manifests.end());
    const auto next = next_page(response.headers);
    if (!next) break;
    url = resolve(url, *next);
    if (!http_->is_own(url))
      throw Error(ErrorKind::network, cat("`", http_->host(), "` continues the list of ", what, " at another origin"))
          .because(cat("`", url.origin(), "` is not the registry"));
  }
  keep(all, artifact_type);  // few registries implement the filter
  return all;
}

std::vector<oci::Descriptor> list_referrers(const Repository& repository, const oci::Digest& subject,
                                            const std::string& artifact_type) {
  if (auto listed = repository.referrers(subject, artifact_type)) return *std::move(listed);
  const auto fallback = read_fallback(repository, fallback_tag(subject));
  std::vector<oci::Descriptor> all;
  for (const auto& one : fallback.index.at("manifests"))
    all.push_back(oci::parse_descriptor(one, cat("an entry at the tag `", fallback_tag(subject), "`")));
  keep(all, artifact_type);
  return all;
}

// Registries have no conditional update, so the index is read again after the write. If a concurrent write removed the
// entry, it is added again.
ListedBy add_referrer(const Repository& repository, const oci::Digest& subject, const oci::Descriptor& referrer) {
  if (repository.referrers(subject)) return ListedBy::api;
  const auto tag = fallback_tag(subject);
  for (unsigned round = 1; round <= 6; ++round) {
    auto fallback = read_fallback(repository, tag);
    if (names(fallback.index, referrer.digest)) return ListedBy::tag;
    fallback.index["manifests"].push_back(json::parse(oci::to_json(referrer).dump()));
    const auto text = fallback.index.dump();
    if (text.size() > most_index)
      throw Error(ErrorKind::network, cat("the index at the tag `", tag, "` of `", repository.name(), "` is too large"),
                  "delete unused attachments");
    try {
      repository.put_manifest(tag, text, std::string(index_type));
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::integrity) throw;  // else another client set the tag at the same time
    }
    if (names(read_fallback(repository, tag).index, referrer.digest)) return ListedBy::tag;
    const auto& runtime = repository.runtime();
    runtime.sleep(std::chrono::milliseconds(100 + static_cast<int>(runtime.random() * 400 * round)));
  }
  throw Error(ErrorKind::network, cat("cannot add the referrer to `", tag, "` of `", repository.name(), "`"),
              "try again")
      .because("the index is being modified concurrently");
}

}  // namespace lapstrake::registry
