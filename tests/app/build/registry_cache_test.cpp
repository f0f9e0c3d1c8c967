// The layer cache in a registry: what another machine left there, and what a cache that lies comes to.
#include <zlib.h>

#include <lapstrake/app/build/cache_manifest.hpp>
#include <lapstrake/layers/write.hpp>
#include <lapstrake/oci/image.hpp>
#include <lapstrake/oci/media_type.hpp>

#include <lapstrake/app/connect/network.hpp>
#include "journey.hpp"
#include "support/gzip.hpp"

using namespace lapstrake;
using app::CacheEntry;

namespace {

// Machines with empty disks, that share a registry.
struct Runners : Journey {
  std::vector<app::Event> events{};
  std::string repository = "web";
  std::string tag = "cache";

  Runners() {
    std::string text;
    for (unsigned i = 0; i < 200'000; ++i) text += cat(i * 2654435761u, " ");
    dir.write("public/big.txt", text);
  }

  app::Context runner(const std::string& name) {
    auto context = this->context();
    context.store_root = dir / name;
    context.jobs = 8;  // both layers at once
    context.report.log = nullptr;
    context.report.progress = [this](const app::Event& event) { events.push_back(event); };
    events.clear();
    return context;
  }
  oci::RegistryReference where() const { return {.host = box->registry_host(), .repository = repository, .tag = tag}; }
  oci::Digest pushed(const std::string& name, bool from, bool to) {
    auto context = runner(name);
    if (from) context.cache.from = {where()};
    if (to) context.cache.to = where();
    const auto image = app::push(context, project(), {}, {}).at(0);
    return image.references.front().digest;
  }
  std::size_t events_with(app::Event::Kind kind, const std::string& part) const {
    return static_cast<std::size_t>(std::ranges::count_if(events, [&](const auto& event) {
      return event.kind == kind && cat(event.subject, ": ", event.text).find(part) != std::string::npos;
    }));
  }
  std::size_t compressed() const { return events_with(app::Event::Kind::finished, "layer "); }
  std::size_t fetched() const { return events_with(app::Event::Kind::reused, "from the registry cache"); }
  std::size_t warnings() const { return events_with(app::Event::Kind::warning, ""); }
  std::size_t uploads() const { return count("POST", "/blobs/uploads/"); }

  std::shared_ptr<const registry::Repository> registry() {
    context_ = runner("reader");
    return app::Network(context_, project().registries).repository(box->registry_host(), repository);
  }
  std::vector<CacheEntry> entries() {
    const auto text = registry()->get_manifest(tag);
    return app::parse_cache(text.text, text.descriptor.media_type, "the cache");
  }
  void put(const std::string& text) { registry()->put_manifest(tag, text, std::string(oci::media_type::manifest)); }
  std::string blob(const oci::Descriptor& wanted) {
    std::string bytes;
    registry()->get_blob(wanted, [&](Bytes some) { bytes += as_text(some); });
    return bytes;
  }
  oci::Descriptor put_blob(const std::string& bytes) {
    const oci::Descriptor blob{
        .media_type = std::string(oci::media_type::layer_gzip), .digest = oci::Digest::of(bytes), .size = bytes.size()};
    registry()->put_blob(blob, dir.write("blob", bytes), nullptr);
    return blob;
  }

 private:
  app::Context context_;
};

std::string gunzipped(const std::string& packed, std::size_t size) {
  std::string out(size, '\0');
  z_stream stream{};
  REQUIRE(inflateInit2(&stream, 15 + 16) == Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  REQUIRE(inflate(&stream, Z_FINISH) == Z_STREAM_END);
  inflateEnd(&stream);
  return out;
}

// The cache of one layer, with others that are bare.
std::string with_layers(const CacheEntry& entry, int number) {
  const auto one = app::render_cache({entry});
  const auto begin = one.find("[{") + 1, end = one.find("}}]") + 2;
  std::string layers = one.substr(begin, end - begin);
  for (int i = 1; i < number; ++i)
    layers +=
        cat(R"(,{"mediaType":")", std::string(300, 'x'), R"(","size":1,"digest":")", entry.diff_id.text(), R"("})");
  return cat(one.substr(0, begin), layers, one.substr(end));
}

}  // namespace

TEST_CASE("a second runner with an empty disk compresses nothing and sends nothing") {
  Runners runners;
  const auto digest = runners.pushed("first", false, true);
  CHECK(runners.compressed() == 2);
  CHECK(runners.warnings() == 0);
  const auto uploads = runners.uploads();
  CHECK(runners.pushed("second", true, false) == digest);
  CHECK(runners.compressed() == 0);
  CHECK(runners.fetched() == 2);
  CHECK(runners.uploads() == uploads);
  CHECK(store::Store::open(runners.dir / "second").check({}).problems.empty());
}

TEST_CASE("what came from a cache is remembered for builds that have a cache, and for no other") {
  Runners runners;
  ::usleep(80'000);  // younger files are not remembered at all
  const auto digest = runners.pushed("first", false, true);
  CHECK(runners.pushed("second", true, false) == digest);
  REQUIRE(runners.fetched() == 2);
  CHECK(runners.pushed("second", true, false) == digest);
  CHECK(runners.events_with(app::Event::Kind::reused, "unchanged") == 2);
  CHECK(runners.pushed("second", false, false) == digest);
  CHECK(runners.compressed() == 2);
  CHECK(runners.pushed("second", false, false) == digest);
  CHECK(runners.events_with(app::Event::Kind::reused, "unchanged") == 2);
}

TEST_CASE("each image and platform has a tag of its own when none is given") {
  Runners runners;
  runners.tag = "";
  const auto digest = runners.pushed("first", true, true);
  CHECK(runners.events_with(app::Event::Kind::note, "no cache found at") == 1);
  CHECK(runners.count("PUT", "/manifests/lapstrake-cache-") == 1);
  CHECK(runners.pushed("second", true, true) == digest);
  CHECK(runners.fetched() == 2);
  CHECK(runners.count("PUT", "/manifests/lapstrake-cache-") == 1);  // nothing new: nothing is written
}

TEST_CASE("a cache in another repository is filled, also by a build that pushes nothing") {
  Runners runners;
  runners.repository = "caches/all";
  auto context = runners.runner("first");
  context.cache.to = runners.where();
  const auto built = app::build(context, runners.project(), {}, {}).at(0);
  CHECK(runners.uploads() == 3);  // two layers and the empty config
  CHECK(runners.events_with(app::Event::Kind::finished, "cache: 2 layers saved to `") == 1);
  CHECK(runners.events_with(app::Event::Kind::finished, ": 2 sent, 0 mounted") == 1);
  context = runners.runner("second");
  context.cache.from = {runners.where()};
  CHECK(app::build(context, runners.project(), {}, {}).at(0).root.digest == built.root.digest);
  CHECK(runners.fetched() == 2);
}

TEST_CASE("what changed is compressed, what did not comes from the cache") {
  Runners runners;
  runners.pushed("first", false, true);
  runners.dir.write("public/index.html", "changed\n");
  const auto honest = runners.pushed("alone", false, false);
  CHECK(runners.pushed("second", true, true) == honest);
  CHECK(runners.fetched() == 1);
  CHECK(runners.compressed() == 1);
  CHECK(runners.entries().size() == 3);
}

TEST_CASE("a cache that lies is found out, and the digest is the one of a build without it") {
  Runners runners;
  const auto digest = runners.pushed("first", false, true);
  auto entries = runners.entries();
  REQUIRE(entries.size() == 2);
  auto& big = entries[0].tar_size > entries[1].tar_size ? entries[0] : entries[1];
  auto& small = entries[0].tar_size > entries[1].tar_size ? entries[1] : entries[0];
  std::size_t warnings = 1, fetched = 1;
  SECTION("the blobs are swapped") {
    std::swap(big.blob, small.blob);
    warnings = 2, fetched = 0;
    SECTION("and sizes look right") { small.tar_size = big.tar_size, warnings = 1; }
  }
  SECTION("the diff_ids are swapped") {
    std::swap(big.diff_id, small.diff_id);
    std::swap(big.tar_size, small.tar_size);
    fetched = 0;  // of a blob that is longer than its tar nothing is believed, and nothing said
  }
  SECTION("another content") {
    std::string evil(big.tar_size, 'x');
    for (unsigned i = 0; i < evil.size(); ++i) evil[i] = static_cast<char>(i * i >> 3);
    big.blob = runners.put_blob(gzip_of(evil, 9));
  }
  SECTION("the same content, compressed by another program") {
    big.blob = runners.put_blob(gzip_of(gunzipped(runners.blob(big.blob), big.tar_size), 9));
  }
  SECTION("the same content, with a comment in the gzip header") {
    auto bytes = runners.blob(big.blob);
    bytes[3] = 16;
    big.blob = runners.put_blob(bytes.insert(10, std::string("foreign\0", 8)));
  }
  SECTION("a bomb") { big.blob = runners.put_blob(gzip_of(std::string(64 << 20, '\0'), 9)); }
  SECTION("no gzip at all") { big.blob = runners.put_blob("no gzip at all"); }
  SECTION("nothing") { big.blob = runners.put_blob(""); }
  SECTION("another size") { ++big.blob.size; }
  SECTION("a size beyond all measure") { big.blob.size = std::uint64_t{1} << 50, warnings = 0; }
  SECTION("another byte format") { big.byte_format = "1 (libarchive 3.0)", warnings = 0; }
  SECTION("another level") { big.compression = "gzip 9", warnings = 0; }
  SECTION("another media type") { big.blob.media_type = "text/html", warnings = 0; }
  runners.put(app::render_cache(entries));
  CHECK(runners.pushed("second", true, true) == digest);
  CHECK(runners.warnings() == warnings);
  CHECK(runners.fetched() == fetched);
  CHECK(store::Store::open(runners.dir / "second").check({}).problems.empty());
  CHECK(runners.pushed("third", true, false) == digest);  // and the second has put it right
  CHECK(runners.warnings() == 0);
  CHECK(runners.fetched() == 2);
}

TEST_CASE("bytes that are bent on their way are not believed") {
  Runners runners;
  const auto digest = runners.pushed("first", false, true);
  runners.box->set_faults(R"({"rules":[{"match":{"method":"GET","host":"*.s3.*"},"from":1,"do":{"corrupt":true}}]})");
  CHECK(runners.pushed("second", true, false) == digest);
  CHECK(runners.warnings() == 2);
  CHECK(runners.compressed() == 2);
}

TEST_CASE("what is no cache is a warning, and no more") {
  Runners runners;
  const auto digest = runners.pushed("first", false, true);
  const auto entries = runners.entries();
  oci::Manifest manifest = oci::parse_manifest(app::render_cache(entries), oci::media_type::manifest, "the cache");
  bool is_ours = true;
  SECTION("an image") {
    runners.tag = "v1";
    is_ours = false;
  }
  SECTION("too many layers") {
    const auto one = manifest.layers.front();
    manifest.layers.assign(2000, one);
    runners.put(oci::render(manifest));
  }
  SECTION("too long") {
    manifest.annotations["x"] = std::string(2 << 20, 'x');
    runners.put(oci::render(manifest));
  }
  SECTION("a reply that is longer than its HEAD said, with thousands of layers") {
    const auto text = with_layers(entries.front(), 3'000);
    REQUIRE(text.size() > app::most_cache_text);
    runners.box->set_faults(cat(
        R"({"rules":[{"match":{"method":"GET","path":"/v2/web/manifests/sha256*"},"from":1,"do":{"status":200,"body":")",
        replace_all(text, "\"", "\\\""), "\"}}]}"));
    CHECK(runners.pushed("second", true, false) == digest);
    CHECK(runners.events_with(app::Event::Kind::warning, "cannot use the cache") == 1);
    runners.box->set_faults("");
  }
  SECTION("replies that are not JSON, another thing, or none") {
    const auto* reply = GENERATE(R"("status":200,"body":"{}")", R"("status":200,"body":"]")",
                                 R"("status":200,"body":"{\"schemaVersion\":2}")", R"("status":403)", R"("status":503)",
                                 R"("corrupt":true)", R"("truncate":10)");
    runners.box->set_faults(cat(
        R"({"rules":[{"match":{"method":"GET","path":"/v2/web/manifests/sha256*"},"from":1,"do":{)", reply, "}}]}"));
    CHECK(runners.pushed("second", true, false) == digest);
    CHECK(runners.events_with(app::Event::Kind::warning, "cannot use the cache") == 1);
    runners.box->set_faults("");
  }
  CHECK(runners.pushed("third", true, true) == digest);
  if (is_ours) return;
  CHECK(runners.warnings() == 2);  // it is not read, and not overwritten
  CHECK(runners.registry()->find_manifest("v1")->digest == digest);
}

TEST_CASE("a cache that may not be written costs a warning, and the image is pushed") {
  Runners runners;
  const auto* act = GENERATE(R"("status":403)", R"("status":503)", R"("reset":"before")");
  runners.repository = "cache";
  runners.box->set_faults(cat(R"({"rules":[{"match":{"path":"/v2/cache/*"},"from":1,"do":{)", act, "}}]}"));
  const auto digest = runners.pushed("first", true, true);
  CHECK(runners.events_with(app::Event::Kind::warning, "cannot use the cache") == 1);
  CHECK(runners.events_with(app::Event::Kind::warning, "cannot update the cache") == 1);
  runners.box->set_faults("");
  CHECK(runners.registry() != nullptr);
  CHECK(runners.pushed("second", true, true) == digest);
  CHECK(runners.fetched() == 0);
}

TEST_CASE("an interrupt while a layer is fetched is no miss") {
  Runners runners;
  runners.pushed("first", false, true);
  auto context = runners.runner("second");
  context.cache.from = {runners.where()};
  context.report.progress = [&](const app::Event& event) {
    if (event.kind == app::Event::Kind::progress) runners.stop.request_stop();
  };
  CHECK_THROWS_AS(app::build(context, runners.project(), {}, {}), Interrupted);
}

TEST_CASE("--no-cache asks no registry") {
  Runners runners;
  runners.pushed("first", false, true);
  const auto asked = runners.count("GET", "/v2/");
  auto context = runners.runner("second");
  context.cache.from = {runners.where()};
  context.build.no_cache = true;
  app::build(context, runners.project(), {}, {});
  CHECK(runners.count("GET", "/v2/") == asked);
}

TEST_CASE("a cache is read as far as it is one") {
  const CacheEntry entry{.diff_id = oci::Digest::of("x"),
                         .byte_format = "2",
                         .compression = "gzip 1",
                         .tar_size = 1024,
                         .blob = {.media_type = "x", .digest = oci::Digest::of("y"), .size = 9}};
  const auto parsed = [](const std::string& text) {
    return app::parse_cache(text, oci::media_type::manifest, "the cache").size();
  };
  CHECK(parsed(with_layers(entry, 1)) == 1);
  CHECK(parsed(with_layers(entry, 100)) == 1);  // those that say nothing are left out
  CHECK(failure_of([&] { parsed(with_layers(entry, 101)); }).kind() == ErrorKind::integrity);
  CHECK(failure_of([&] { parsed(with_layers(entry, 100'000)); }).kind() == ErrorKind::integrity);
  const auto good = with_layers(entry, 1);
  for (const auto& [from, to] :
       std::vector<std::pair<std::string, std::string>>{{"1970-01-01T00", "1970-01-01T24"},
                                                        {"1970-01-01", "1970-02-30"},
                                                        {"1970-01-01", "1969-12-31"},
                                                        {"1970-01-01", "197-001-01"},
                                                        {"\"1024\"", "\"-1\""},
                                                        {"\"1024\"", "\"1e3\""},
                                                        {"diff-id\":\"sha256:", "diff-id\":\"sha512:"}}) {
    CAPTURE(from, to);
    const auto bent = replace_all(good, from, to);
    REQUIRE(bent != good);
    CHECK(parsed(bent) == 0);
  }
}

TEST_CASE("entries leave the cache a month after their last use, and the oldest when there are too many") {
  const std::chrono::sys_seconds now{std::chrono::sys_days{std::chrono::year{2026} / 11 / 20}};
  const auto entry = [&](int number, std::chrono::hours age) {
    return CacheEntry{.diff_id = oci::Digest::of(cat(number)),
                      .byte_format = "2",
                      .compression = "gzip 1",
                      .tar_size = 1024,
                      .used = now - age,
                      .blob = {.media_type = "x", .digest = oci::Digest::of(cat("blob ", number)), .size = 9}};
  };
  using namespace std::chrono_literals;
  const auto day = 24h;
  const auto left = app::merged({entry(1, 29 * day), entry(2, 31 * day), entry(3, -day * 400), entry(4, 1h)},
                                {entry(4, 0h), entry(5, 0h)}, now);
  std::vector<oci::Digest> ids;
  for (const auto& one : left) ids.push_back(one.diff_id);
  CHECK(ids == std::vector{entry(5, 0h).diff_id, entry(4, 0h).diff_id, entry(1, 0h).diff_id});
  CHECK(left[1].used == now - 1h);  // fresh enough: the text stays as it was
  std::vector<CacheEntry> many;
  for (int i = 0; i < 150; ++i) many.push_back(entry(i, std::chrono::hours(i)));
  const auto kept = app::merged(many, {}, now);
  CHECK(kept.size() == app::most_cache_entries);
  CHECK(kept.back().diff_id == entry(99, 0h).diff_id);
  const auto text = app::render_cache(kept);
  const auto again = app::parse_cache(text, oci::media_type::manifest, "the cache");
  CHECK(app::render_cache(again) == text);
  CHECK(again.size() == kept.size());
}
