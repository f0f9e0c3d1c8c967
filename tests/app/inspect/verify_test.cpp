#include <lapstrake/app/inspect/verify.hpp>

#include "journey.hpp"
#include "layers/entries.hpp"
#include "layout.hpp"

using namespace lapstrake;
using Json = HandMade::Json;

namespace {

app::Verification verify(const HandMade& made, const app::VerifySettings& settings = {}) {
  app::Context context;
  context.runtime = process_runtime();
  context.store_root = made.dir / "store";
  return app::verify(context, nullptr, made.reference(), settings);
}

const std::vector<layers::Entry> hello = {layers::file("etc/hello", std::string(100'000, 'x'))};

}  // namespace

TEST_CASE("an image that is right is verified, and each blob of it counted once") {
  HandMade made;
  const auto codec = GENERATE(oci::Codec::gzip, oci::Codec::zstd, oci::Codec::none);
  const auto [bytes, diff_id] = made.layer(hello, codec);
  const auto type = codec == oci::Codec::gzip   ? oci::media_type::layer_gzip
                    : codec == oci::Codec::zstd ? oci::media_type::layer_zstd
                                                : oci::media_type::layer;
  const auto layer = made.blob(bytes, type);
  made.root(made.manifest(made.config({diff_id, diff_id}), {layer, layer}).dump());
  const auto found = verify(made);
  CHECK(found.problems == std::vector<std::string>{});
  CHECK(found.images == 1);
  CHECK(found.blobs == 3);
  CHECK(found.bytes > bytes.size());
}

TEST_CASE("what is wrong with an image is named, each thing of it") {
  HandMade made;
  const auto [bytes, diff_id] = made.layer(hello);
  auto layer = made.blob(bytes, oci::media_type::layer_gzip);
  const auto file = made.file_of(layer["digest"]);
  std::vector<std::string> diff_ids{diff_id};
  std::string wanted;
  SECTION("a byte of a layer") {
    auto other = bytes;
    other[other.size() / 2] ^= 1;
    made.dir.write(file, other);
    wanted = "has the wrong digest";
  }
  SECTION("a layer that is too short") {
    made.dir.write(file, bytes.substr(1));
    wanted = "bytes";
  }
  SECTION("a size") {
    layer["size"] = bytes.size() + 1;
    wanted = cat("of its ", bytes.size() + 1, " bytes");
  }
  SECTION("a layer that is not there") {
    std::filesystem::remove(made.dir / file);
    wanted = "has no blob";
  }
  SECTION("a diff_id") {
    diff_ids = {oci::Digest::of("something else").text()};
    wanted = cat("its diff_id is ", diff_id);
  }
  SECTION("too few diff_ids") {
    diff_ids.clear();
    wanted = "it has 0 diff_ids, but the manifest has 1 layer";
  }
  SECTION("another compression than the media type says") {
    layer["mediaType"] = oci::media_type::layer_zstd;
    wanted = "cannot be unpacked";
  }
  SECTION("a media type that is no layer's") {
    layer["mediaType"] = "application/x-tar";
    wanted = "`application/x-tar` is not a layer media type";
  }
  made.root(made.manifest(made.config(diff_ids), {layer}).dump());
  const auto found = verify(made);
  REQUIRE(found.problems.size() == 1);
  CHECK_THAT(found.problems[0], Contains(wanted));
}

TEST_CASE("a config for another platform than its index says is found out") {
  HandMade made;
  const auto [bytes, diff_id] = made.layer(hello);
  const auto layer = made.blob(bytes, oci::media_type::layer_gzip);
  const auto child = [&, id = diff_id](const std::string& said, const std::string& is) {
    auto out = made.blob(made.manifest(made.config({id}, is), {layer}).dump(), oci::media_type::manifest);
    out["platform"] = {{"os", "linux"}, {"architecture", said}};
    return out;
  };
  made.root(made.index({child("amd64", "amd64"), child("arm64", "riscv64")}).dump(), oci::media_type::index);
  const auto found = verify(made);
  CHECK(found.images == 2);
  REQUIRE(found.problems.size() == 1);
  CHECK_THAT(found.problems[0], Contains("its platform is linux/riscv64, but the index says linux/arm64"));
}

TEST_CASE("a manifest that two readers may read differently is wrong (S13)") {
  HandMade made;
  const auto [bytes, diff_id] = made.layer(hello);
  const auto layer = made.blob(bytes, oci::media_type::layer_gzip);
  const auto text = made.manifest(made.config({diff_id}), {layer}).dump();
  made.root(GENERATE_REF(replace_all(text, R"("layers":)", R"("layers":[],"layers":)"), text + "{}",
                         replace_all(text, R"("layers":)", R"("manifests":[],"layers":)"),
                         replace_all(text, R"("layers":)", R"("Layers":[],"layers":)")));
  const auto found = verify(made);
  REQUIRE(found.problems.size() == 1);
  CHECK(found.problems[0].starts_with("manifest sha256:"));
}

TEST_CASE("a bomb stops at what a layer may unpack to (S16)") {
  HandMade made;
  const auto codec = GENERATE(oci::Codec::gzip, oci::Codec::zstd);
  const auto [bytes, diff_id] = made.layer({layers::file("zeros", std::string(8u << 20, '\0'))}, codec);
  REQUIRE(bytes.size() < (64u << 10));
  const auto layer =
      made.blob(bytes, codec == oci::Codec::gzip ? oci::media_type::layer_gzip : oci::media_type::layer_zstd);
  made.root(made.manifest(made.config({diff_id}), {layer}).dump());
  const auto found = verify(made, {.most_unpacked = 1u << 20});
  REQUIRE(found.problems.size() == 1);
  CHECK_THAT(found.problems[0], Contains("it unpacks to more than 1048576 bytes"));
}

TEST_CASE("an image that a registry has is verified there, and a blob that it lost is named") {
  Journey journey;
  const auto pushed = journey.push().references.at(0);
  const auto context = journey.context();
  const auto found = app::verify(context, nullptr, pushed.text());
  CHECK(found.problems == std::vector<std::string>{});
  CHECK(found.blobs == 4);
  journey.box->set_faults(
      R"({"rules":[{"match":{"method":"HEAD","path":"/v2/*/blobs/*"},"nth":2,"do":{"status":404}}]})");
  const auto lost = app::verify(context, nullptr, pushed.text());
  REQUIRE(lost.problems.size() == 1);
  CHECK_THAT(lost.problems[0], Contains(": missing"));
}
