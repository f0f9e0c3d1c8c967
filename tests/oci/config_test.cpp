#include <lapstrake/base/error.hpp>
#include <lapstrake/oci/image.hpp>
#include <string>

#include "oci/samples.hpp"
#include "support/catch.hpp"

using namespace lapstrake;

namespace {
const std::string id = oci::Digest::of("one").text();
const std::string rootfs = R"("rootfs":{"type":"layers","diff_ids":[]})";
}  // namespace

TEST_CASE("a config is written in one order, without white space, nothing escaped for HTML") {
  CHECK(
      render(samples::config()) ==
      R"({"created":"1970-01-01T00:00:00Z","architecture":"arm64","os":"linux","variant":"v8","config":{"User":"33:33",)"
      R"("ExposedPorts":{"53/udp":{},"9000/tcp":{}},"Env":["PATH=/bin","A=<b>&\"c\""],"Entrypoint":["/bin/app","-F"],"Cmd":[],)"
      R"("Volumes":{"/data":{}},"WorkingDir":"/srv","Labels":{"a":"1","b":"2"},"StopSignal":"SIGQUIT"},)"
      R"("rootfs":{"type":"layers","diff_ids":[")" +
          id +
          R"("]},"history":[{"created":"1970-01-01T00:00:00Z","created_by":"layer app"},{"created_by":"ENV","empty_layer":true}]})");
}

TEST_CASE("a config that was written reads back to itself") {
  const std::string text = render(samples::config());
  CHECK(render(oci::parse_config(text, "it")) == text);
}

TEST_CASE("what lapstrake does not know about a config survives") {
  const std::string text =
      R"({"architecture":"amd64","os":"linux","config":{"Cmd":["sh"],"Healthcheck":{"Interval":30000000000,)"
      R"("Test":["CMD","true"]},"OnBuild":null,"Tty":false},)" +
      rootfs + R"(,"container_config":{"User":"x"},"docker_version":"20.10","os.version":"1"})";
  CHECK(render(oci::parse_config(text, "it")) == text);
}

TEST_CASE("absent, null and empty lists of a config are told apart where it matters") {
  const auto with = [](const std::string& settings) {
    return oci::parse_config(R"({"architecture":"amd64","os":"linux","config":{)" + settings + "}," + rootfs + "}",
                             "it");
  };
  CHECK_FALSE(with(R"("Cmd":null,"ExposedPorts":null,"Labels":null,"Env":null)").cmd.has_value());
  CHECK(with(R"("Cmd":[])").cmd == std::vector<std::string>{});
  CHECK(with(R"("Entrypoint":["a"])").entrypoint == std::vector<std::string>{"a"});
}

TEST_CASE("a config that breaks a rule is refused by name") {
  const auto [text, why] = GENERATE(table<std::string, std::string>(
      {{"[]", "is not a JSON object"},
       {R"({"os":"linux",)" + rootfs + "}", "has no `architecture`"},
       {R"({"architecture":"amd64",)" + rootfs + "}", "has no `os`"},
       {R"({"architecture":"amd64","os":"linux"})", "has no `rootfs`"},
       {R"({"architecture":1,"os":"linux",)" + rootfs + "}", "`architecture` that is not a string"},
       {R"({"architecture":"amd64","os":"linux","rootfs":{"type":"zfs","diff_ids":[]}})", "is not of type `layers`"},
       {R"({"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["sha256:12"]}})",
        "the digest `sha256:12`"},
       {R"({"architecture":"amd64","os":"linux","Config":{},)" + rootfs + "}", "a member `Config` instead of `config`"},
       {R"({"architecture":"amd64","os":"linux","config":{"user":"0"},)" + rootfs + "}",
        "a member `user` instead of `User`"},
       {R"({"architecture":"amd64","os":"linux","config":{"Cmd":"sh"},)" + rootfs + "}", "`Cmd` that is not an array"},
       {R"({"architecture":"amd64","os":"linux","config":{"Env":[1]},)" + rootfs + "}", "an element of `Env`"},
       {R"({"architecture":"amd64","os":"linux","config":{"Labels":{"a":1}},)" + rootfs + "}", "a value in `Labels`"},
       {R"({"architecture":"amd64","os":"linux","history":[{"empty_layer":"yes"}],)" + rootfs + "}",
        "neither true nor false"},
       {R"({"architecture":"amd64","architecture":"arm64","os":"linux",)" + rootfs + "}",
        "a duplicate member `architecture`"}}));
  CAPTURE(text);
  try {
    oci::parse_config(text, "the config of `web`");
    FAIL("it was taken");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::integrity);
    CHECK_THAT(error.summary(), Contains(why) && Contains("the config of `web`"));
  }
}

TEST_CASE("a text that is not UTF-8 cannot become a config") {
  auto config = samples::config();
  config.labels["a"] = "\xff";
  CHECK_THROWS_WITH(render(config), Contains("it contains text that is not UTF-8"));
}

TEST_CASE("times are RFC 3339 in UTC") {
  const auto [seconds, text] = GENERATE(table<std::int64_t, std::string>({{0, "1970-01-01T00:00:00Z"},
                                                                          {951782399, "2000-02-28T23:59:59Z"},
                                                                          {951782400, "2000-02-29T00:00:00Z"},
                                                                          {1709164805, "2024-02-29T00:00:05Z"},
                                                                          {253402300799, "9999-12-31T23:59:59Z"}}));
  CHECK(oci::rfc3339(seconds) == text);
  CHECK_THROWS_AS(oci::rfc3339(-1), Error);
  CHECK_THROWS_AS(oci::rfc3339(253402300800), Error);
}
