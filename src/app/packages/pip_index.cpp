#include "pip_index.hpp"

#include <lapstrake/base/error.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/http/untrusted_address.hpp>

namespace lapstrake::app {
namespace {

namespace pip = packages::pip;

std::vector<AuthorizedUrl> indexes_of(const PackageRun& run, const std::string& source) {
  const auto& environment = run.context.runtime.environment;
  const auto found = run.project.sources.find(source);
  if (found == run.project.sources.end()) return host_pip_indexes(environment);
  return {authorized_url(found->second.uri, environment)};
}

http::Headers credentials(const AuthorizedUrl& to) {
  return to.authorization ? http::Headers{{"Authorization", *to.authorization}} : http::Headers();
}

}  // namespace

PipIndex::PipIndex(const PackageRun& run, const std::string& source) : run_(run), source_(source) {}

const std::vector<AuthorizedUrl>& PipIndex::indexes() const {
  std::call_once(once_, [&] { indexes_ = indexes_of(run_, source_); });
  return indexes_;
}

std::shared_ptr<const IndexedProject> PipIndex::project(const std::string& name) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = projects_.find(name); found != projects_.end()) return found->second;
  }
  auto project = read(name);
  const std::lock_guard lock(mutex_);
  return projects_.emplace(name, std::move(project)).first->second;
}

std::shared_ptr<const IndexedProject> PipIndex::read(const std::string& name) const {
  for (const auto& index : indexes()) {
    const auto url = http::resolve(index.url, pip::project_path(name));
    const auto what = cat("the index page of `", name, "`");
    const auto page = run_.downloads.page({.url = url,
                                           .what = what,
                                           .headers = {{"Accept", std::string(pip::project_page_accept)}},
                                           .credentials = credentials(index)},
                                          limits::index_page_bytes);
    if (!page) continue;
    auto parsed = pip::parse_project_page(page->headers.find("Content-Type").value_or("text/html"), page->text, what);
    if (parsed.files.empty()) continue;
    auto base = parsed.base.empty() ? page->url : http::resolve(page->url, parsed.base);
    return std::make_shared<const IndexedProject>(
        IndexedProject{.page = std::move(parsed), .from = page->url, .base = std::move(base), .index = index});
  }
  return nullptr;
}

Download PipIndex::download(const IndexedProject& project, const pip::IndexFile& file, std::string_view suffix) const {
  auto url = http::resolve(project.base, file.url);
  url.path += suffix;
  Download out{.url = url, .what = cat(suffix.empty() ? "the wheel `" : "the metadata of `", file.name, "`")};
  out.is_one_of_many = true;
  if (project.from.scheme == "https" && url.scheme == "http")
    throw Error(ErrorKind::integrity,
                cat("refusing the link to ", out.what, ": the index page is from https and the link is to http"),
                "correct the configuration of the index so that its links are https")
        .because(cat(redacted(project.from), " -> ", redacted(url)));
  if (url.origin() == project.index.url.origin())
    out.credentials = credentials(project.index);
  else
    out.max_address_kind = http::max_kind_named_by(project.from, {}, http::AddressKind::private_network);
  if (suffix.empty()) out.size = file.size;
  return out;
}

Download PipIndex::download(const std::string& url, std::string what) const {
  Download out{.url = http::parse_url(url), .what = std::move(what)};
  for (const auto& index : indexes())
    if (out.url.origin() == index.url.origin()) out.credentials = credentials(index);
  return out;
}

std::string PipIndex::names() const {
  std::string out;
  for (const auto& index : indexes()) out += cat(out.empty() ? "`" : ", `", http::redacted(index.url), "`");
  return out;
}

}  // namespace lapstrake::app
