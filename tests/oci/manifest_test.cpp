#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "oci/samples.hpp"
#include "support/catch.hpp"
#include "support/command.hpp"
#include "support/temp_dir.hpp"

using namespace lapstrake;
using namespace lapstrake::oci;

namespace {

const std::string sum = Digest::of("x").text();
const std::string config_part =
    R"("config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":")" + sum + R"(","size":1})";

template <class Act>
void refused(Act&& act, const std::string& why) {
  try {
    act();
    FAIL("it was taken");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::integrity);
    CHECK_THAT(error.summary(), Contains(why));
  }
}

}  // namespace

TEST_CASE("a manifest is written in one order and reads back to itself") {
  const std::string text = render(samples::manifest());
  CHECK(text.starts_with(
      R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":)"));
  CHECK(text.ends_with(R"(],"annotations":{"a":"2","z":"1"}})"));
  CHECK(render(parse_manifest(text, media_type::manifest, "it")) == text);
}

TEST_CASE("an artifact keeps its type, its subject and its descriptors' members") {
  auto manifest = samples::manifest();
  manifest.artifact_type = "application/x";
  manifest.subject = samples::blob("s", media_type::manifest);
  manifest.layers[0].urls = {"https://a.example/"};
  manifest.layers[0].artifact_type = "application/y";
  const auto back = parse_manifest(render(manifest), media_type::manifest, "it");
  CHECK(back.artifact_type == "application/x");
  CHECK(back.subject == manifest.subject);
  CHECK(back.layers == manifest.layers);
}

TEST_CASE("an artifact may have more layers than an image, up to a limit") {
  auto manifest = samples::manifest();
  const auto text_with = [&](std::size_t layers) {
    manifest.layers.assign(layers, samples::blob("x", "application/octet-stream"));
    return render(manifest);
  };
  refused([&] { parse_manifest(text_with(1001), media_type::manifest, "it"); }, "more than 1000");
  manifest.config.media_type = "application/x";
  CHECK(parse_manifest(text_with(10'000), media_type::manifest, "it").layers.size() == 10'000);
  refused([&] { parse_manifest(text_with(10'001), media_type::manifest, "it"); }, "more than 10000");
}

TEST_CASE("an index is written in one order and reads back to itself") {
  const std::string text = render(samples::index());
  CHECK_THAT(text, Contains(R"("platform":{"architecture":"arm64","os":"linux","variant":"v8"})"));
  CHECK(render(parse_index(text, media_type::index, "it")) == text);
}

TEST_CASE("a manifest with two readings is refused (S13)") {
  const auto [text, why] = GENERATE(table<std::string, std::string>(
      {{R"({"schemaVersion":2,"manifests":[],"layers":[],)" + config_part + "}", "ambiguous"},
       {R"({"schemaVersion":2,"manifests":null,"layers":[],)" + config_part + "}", "ambiguous"},
       {R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","layers":[],)" + config_part + "}",
        "has the media type `application/vnd.oci.image.index.v1+json` instead of"},
       {R"({"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json","layers":[],)" +
            config_part + "}",
        "instead of `application/vnd.oci.image.manifest.v1+json`"},
       {R"({"schemaVersion":2,"layers":[],"Layers":[],)" + config_part + "}", "a member `Layers` instead of `layers`"},
       {R"({"schemaVersion":1,"layers":[],)" + config_part + "}", "`schemaVersion` other than 2"},
       {R"({"schemaVersion":"2","layers":[],)" + config_part + "}", "`schemaVersion` other than 2"},
       {R"({"layers":[],)" + config_part + "}", "has no `schemaVersion`"},
       {R"({"schemaVersion":2,"layers":[]})", "has no `config`"},
       {R"({"schemaVersion":2,)" + config_part + "}", "has no `layers`"},
       {R"({"schemaVersion":2,"layers":{},)" + config_part + "}", "`layers` that is not an array"},
       {R"({"schemaVersion":2,"layers":[7],)" + config_part + "}", "layer 1 in it is not a JSON object"}}));
  CAPTURE(text);
  refused([&, &body = text] { parse_manifest(body, media_type::manifest, "it"); }, why);
}

TEST_CASE("a manifest is no index and an index no manifest") {
  refused([] { parse_index(R"({"schemaVersion":2,"manifests":[],"layers":[]})", media_type::index, "it"); },
          "ambiguous");
  refused([] { parse_index(R"({"schemaVersion":2,"layers":[]})", media_type::index, "it"); },
          "is a manifest but was given as an index");
  refused([] { parse_index(render(samples::index()), media_type::manifest, "it"); },
          "not a supported type of image indexes");
  refused([] { parse_manifest("{}", "application/vnd.docker.distribution.manifest.v1+prettyjws", "it"); },
          "not a supported type of image manifests");
}

TEST_CASE("a text without a media type of its own is what it was given as") {
  const std::string text = R"({"schemaVersion":2,"layers":[],)" + config_part + "}";
  CHECK(parse_manifest(text, media_type::docker_manifest, "it").media_type == media_type::docker_manifest);
}

TEST_CASE("a descriptor's size is a number of bytes below 2^63") {
  const auto [size, why] =
      GENERATE(table<std::string, std::string>({{"-1", "`size` that is not a number"},
                                                {"-0", "`size` that is not a number"},
                                                {"1.0", "`size` that is not a number"},
                                                {"1e3", "`size` that is not a number"},
                                                {"\"1\"", "`size` that is not a number"},
                                                {"9223372036854775808", "`size` greater than 2^63 - 1"},
                                                {"18446744073709551616", "`size` that is not a number"},
                                                {"1e400", "is not valid JSON"},
                                                {"null", "has no `size`"}}));
  CAPTURE(size);
  const std::string text =
      R"({"schemaVersion":2,"layers":[],"config":{"mediaType":"a/b","digest":")" + sum + R"(","size":)" + size + "}}";
  refused([&] { parse_manifest(text, media_type::manifest, "it"); }, why);
}

TEST_CASE("the largest size there is is read without memory being spent on it") {
  const auto object =
      nlohmann::json::parse(R"({"mediaType":"a/b","digest":")" + sum + R"(","size":9223372036854775807})");
  CHECK(parse_descriptor(object, "it").size == 9223372036854775807u);
}

TEST_CASE("a descriptor that breaks a rule is refused by name") {
  const auto [text, why] = GENERATE(table<std::string, std::string>(
      {{R"({"digest":"$","size":1})", "has no `mediaType`"},
       {R"({"mediaType":"a/b","size":1})", "has no `digest`"},
       {R"({"mediaType":"a/b","digest":"sha512:12","size":1})", "the digest `sha512:12`, which is not sha256"},
       {R"({"mediaType":"a/b","digest":"$","size":1,"platform":{"os":"linux"}})",
        "the platform of it has no `architecture`"},
       {R"({"mediaType":"a/b","digest":"$","size":1,"urls":"x"})", "`urls` that is not an array"},
       {R"({"mediaType":"a/b","digest":"$","Digest":"$","size":1})", "a member `Digest`"},
       {R"({"mediaType":"a/b","digest":"$","size":1,"annotations":{"a":null}})", "a value in `annotations`"}}));
  const auto object = nlohmann::json::parse(replace_all(text, "$", sum));
  CAPTURE(text);
  refused([&] { parse_descriptor(object, "it"); }, why);
}

TEST_CASE("what is written obeys image-spec's own JSON Schema") {
  const auto [kind, text] = GENERATE(table<std::string, std::string>({{"manifest", render(samples::manifest())},
                                                                      {"index", render(samples::index())},
                                                                      {"config", render(samples::config())}}));
  const std::string root = LAPSTRAKE_SOURCE_DIR;
  TempDir dir;
  const auto validate = [&, &schema = kind](std::string_view body) {
    return run({"python3", root + "/tests/oci/validate.py", root + "/testdata/oci/schema", schema,
                dir.write("it.json", body)});
  };
  const Outcome outcome = validate(text);
  if (outcome.status == 77 || outcome.status == 127) {
    WARN("not run: python3 has no jsonschema");
    return;
  }
  CAPTURE(kind, outcome.output);
  CHECK(outcome.status == 0);
  CHECK(validate("{}").status == 1);
}
