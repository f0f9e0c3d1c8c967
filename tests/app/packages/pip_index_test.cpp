// How far links of an index page are trusted.
#include "pip_index.hpp"

#include <lapstrake/base/error.hpp>
#include <map>

#include "http/quiet_runtime.hpp"
#include "support/catch.hpp"
#include "support/failure.hpp"
#include "support/temp_dir.hpp"

using namespace lapstrake;
using namespace lapstrake::app;

namespace {

// A page of the index `https://packages.example/simple/`, which a server at `from` answered with.
struct IndexPage {
  TempDir dir;
  Context context;
  spec::Project project;

  IndexPage() {
    context.runtime = quiet_runtime();
    context.runtime.environment = [](std::string_view name) -> std::optional<std::string> {
      if (name == "PIP_CONFIG_FILE") return "/dev/null";
      if (name == "PIP_INDEX_URL") return "https://me:secret@packages.example/simple/";
      return std::nullopt;
    };
    context.store_root = dir / "store";
  }
  Download link(const std::string& link, const std::string& from = "https://packages.example/simple/a/") const {
    const PackageRun run(context, project, store::Store::open(context.store_root));
    const PipIndex index(run, "host");
    const auto page = http::parse_url(from);
    const IndexedProject indexed{
        .page = {},
        .from = page,
        .base = page,
        .index = {.url = http::parse_url("https://packages.example/simple/"), .authorization = "Basic bWU6c2VjcmV0"}};
    packages::pip::IndexFile file;
    file.name = "a-1.0-py3-none-any.whl";
    file.url = link;
    return index.download(indexed, file);
  }
};

}  // namespace

TEST_CASE("a link to the origin of the index has its credentials and may be at any address") {
  const auto download = IndexPage().link("../../files/a-1.0-py3-none-any.whl");
  CHECK(download.url.text() == "https://packages.example/files/a-1.0-py3-none-any.whl");
  CHECK(download.credentials.find("Authorization"));
  CHECK(download.max_address_kind == http::AddressKind::link_local);
}

TEST_CASE("a link to another origin is trusted as a redirect is") {
  for (const auto* link : {"https://files.example/a.whl", "https://169.254.169.254/a.whl", "https://127.0.0.1/a.whl"}) {
    const auto download = IndexPage().link(link);
    CHECK_FALSE(download.credentials.find("Authorization"));
    CHECK(download.max_address_kind == http::AddressKind::private_network);
  }
  const auto own = IndexPage().link("http://127.0.0.1:2/a.whl", "http://127.0.0.1:1/simple/a/");
  CHECK(own.max_address_kind == http::AddressKind::loopback);
}

TEST_CASE("a link from https to http is refused") {
  for (const auto* link : {"http://files.example/a.whl", "http://packages.example/a.whl"}) {
    const auto error = failure_of([&] { IndexPage().link(link); });
    CHECK(error.kind() == ErrorKind::integrity);
  }
  CHECK(IndexPage().link("http://files.example/a.whl", "http://packages.example/simple/a/").url.scheme == "http");
}
