#include <lapstrake/aws/ecr/layer_upload.hpp>
#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/sha256.hpp>
#include <lapstrake/base/text.hpp>

#include "aws/fake_aws.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace lapstrake;
using nlohmann::json;

namespace {

constexpr std::uint64_t kib = 1u << 10;  // ECR's limits, a thousand times smaller
constexpr aws::PartSizes sizes{.least = 5 * kib, .most = 20 * kib};
using List = std::vector<std::uint64_t>;

// ECR's layer API, as far as one upload needs it. What it does wrong, tests say by `trouble`.
struct LayerServer {
  using Reply = std::optional<std::pair<int, json>>;
  std::uint64_t part_size = 5 * kib;
  std::string stored = {};
  bool done = false;
  unsigned uploads = 0;
  List firsts = {};  // where the parts that came began
  // Before and after an operation is carried out; a reply of its own instead of the true one.
  std::function<Reply(const std::string& operation, bool is_after)> trouble = nullptr;

  std::pair<int, json> carried_out(const std::string& operation, const json& input) {
    if (operation == "InitiateLayerUpload") {
      stored.clear();
      return {200, {{"uploadId", cat("upload-", ++uploads)}, {"partSize", part_size}}};
    }
    if (operation == "BatchCheckLayerAvailability")
      return {200, {{"layers", {{{"layerAvailability", done ? "AVAILABLE" : "UNAVAILABLE"}}}}}};
    if (done || input.at("uploadId") != cat("upload-", uploads)) return {400, {{"__type", "UploadNotFoundException"}}};
    if (operation == "CompleteLayerUpload") {
      const auto digest = cat("sha256:", hex(sha256(as_bytes(stored))));
      if (input.at("layerDigests") != json::array({digest})) return {400, {{"__type", "InvalidLayerException"}}};
      done = true;
      return {200, {{"layerDigest", digest}}};
    }
    const auto bytes = base64_decode(input.at("layerPartBlob").get<std::string>()).value();
    firsts.push_back(input.at("partFirstByte"));
    CHECK(input.at("partLastByte") == firsts.back() + bytes.size() - 1);
    if (firsts.back() != stored.size())
      return {400, {{"__type", "InvalidLayerPartException"}, {"lastValidByteReceived", stored.size() - 1}}};
    stored += bytes;
    return {200, {{"lastByteReceived", stored.size() - 1}}};
  }

  http::Response reply(const http::Request& request) {
    const auto target = request.headers.find("X-Amz-Target").value();
    const auto operation = target.substr(target.find('.') + 1);
    auto told = trouble ? trouble(operation, false) : std::nullopt;
    if (!told) {
      auto truth = carried_out(operation, json::parse(std::get<std::string>(request.body)));
      told = trouble ? trouble(operation, true) : std::nullopt;
      if (!told) told = std::move(truth);
    }
    http::Response response;
    response.status = told->first;
    response.body = told->second.dump();
    return response;
  }
};

struct Setting {
  FakeAws fake;
  LayerServer server;
  TempDir dir;
  std::string bytes;
  aws::LayerFile layer;
  List progress;

  explicit Setting(std::uint64_t size = 12 * kib + 7) {
    for (std::uint64_t i = 0; bytes.size() < size; ++i) bytes += cat(i, ";");
    bytes.resize(size);
    dir.write("layer", bytes);
    layer = {.digest = cat("sha256:", hex(sha256(as_bytes(bytes)))), .size = size, .path = dir / "layer"};
  }
  void upload() {
    auto session = fake.session();
    session.transport = [this](const auto& request) { return server.reply(request); };
    aws::upload_layer(
        session, "123456789012", "team/web", layer, [this](std::uint64_t sent) { progress.push_back(sent); }, sizes);
  }
  // The operation named has this reply, once, the `nth` time.
  void trouble_at(const std::string& operation, unsigned nth, bool after, LayerServer::Reply reply) {
    server.trouble = [=, count = 0u](const std::string& of, bool is_after) mutable -> LayerServer::Reply {
      return of == operation && is_after == after && ++count == nth ? reply : std::nullopt;
    };
  }
};

LayerServer::Reply refusal(const char* code) { return std::pair{400, json{{"__type", code}}}; }

}  // namespace

TEST_CASE("a layer goes up in parts of the size that ECR asks for, within its limits") {
  const auto asked = GENERATE(5 * kib, 1 * kib, 8 * kib, 100 * kib);
  Setting setting;
  setting.server.part_size = asked;
  setting.upload();
  CHECK(setting.server.done);
  CHECK(setting.server.stored == setting.bytes);
  CHECK(setting.server.firsts == (asked > 20 * kib  ? List{0}
                                  : asked > 5 * kib ? List{0, 8 * kib}
                                                    : List{0, 5 * kib, 10 * kib}));
  CHECK(setting.progress.back() == setting.bytes.size());
}

TEST_CASE("parts have 5 to 20 MiB for all else") {
  CHECK(aws::PartSizes{}.least == 5'242'880);
  CHECK(aws::PartSizes{}.most == 20'971'520);
}

TEST_CASE("a part that fails is sent again by itself, and a part whose reply got lost is not stored twice") {
  struct Row {
    LayerServer::Reply reply;
    bool after;
    List firsts;
  };
  const auto row = GENERATE(Row{refusal("ThrottlingException"), false, {0, 5 * kib, 10 * kib}},
                            Row{std::pair{503, json()}, false, {0, 5 * kib, 10 * kib}},
                            Row{std::pair{503, json()}, true, {0, 5 * kib, 5 * kib, 10 * kib}});
  Setting setting;
  setting.trouble_at("UploadLayerPart", 2, row.after, row.reply);
  setting.upload();
  CHECK(setting.server.stored == setting.bytes);
  CHECK(setting.server.firsts == row.firsts);
  CHECK(setting.server.uploads == 1);
}

TEST_CASE("parts that are lost on the way become smaller, down to the least, and go on from the same byte") {
  Setting setting(44 * kib);
  setting.server.part_size = 20 * kib;
  auto session = setting.fake.session();
  const auto bearable = GENERATE(11 * kib, 6 * kib, 1 * kib);
  session.transport = [&](const http::Request& request) {
    // A third more by base64, and what else the request says.
    if (http::length(request.body) > bearable * 3 / 2 && !setting.server.firsts.empty())
      throw Error(ErrorKind::network, "the connection was lost").transient();
    return setting.server.reply(request);
  };
  const auto send = [&] { aws::upload_layer(session, "123456789012", "web", setting.layer, {}, sizes); };
  if (bearable == 1 * kib) {
    CHECK(failure_from(send).kind() == ErrorKind::network);
    return;
  }
  send();
  CHECK(setting.server.stored == setting.bytes);
  CHECK(setting.server.uploads == 1);
  CHECK(setting.server.firsts == (bearable == 11 * kib ? List{0, 20 * kib, 30 * kib, 40 * kib}
                                                       : List{0, 20 * kib, 25 * kib, 30 * kib, 35 * kib, 40 * kib}));
}

TEST_CASE("a part that arrived unheard, whatever was tried, is not too much for the smaller one that follows") {
  Setting setting(44 * kib);
  setting.server.part_size = 20 * kib;
  auto session = setting.fake.session();
  unsigned parts = 0;
  session.transport = [&](const http::Request& request) {
    if (request.headers.find("X-Amz-Target")->ends_with("UploadLayerPart") && ++parts <= 6) {
      if (parts == 1) setting.server.reply(request);
      throw Error(ErrorKind::network, "the connection was lost").transient();
    }
    return setting.server.reply(request);
  };
  aws::upload_layer(session, "123456789012", "web", setting.layer, {}, sizes);
  CHECK(setting.server.stored == setting.bytes);
  CHECK(setting.server.firsts == List{0, 0, 20 * kib, 30 * kib, 40 * kib});
}

TEST_CASE("ECR's last valid byte says where to go on") {
  Setting setting;
  auto& server = setting.server;
  server.trouble = [&](const std::string& operation, bool is_after) -> LayerServer::Reply {
    // More than the client knows of, less than it is about to send.
    if (operation == "UploadLayerPart" && !is_after && server.firsts.size() == 1)
      server.stored = setting.bytes.substr(0, 7 * kib);
    return std::nullopt;
  };
  setting.upload();
  CHECK(server.stored == setting.bytes);
  CHECK(server.firsts == List{0, 5 * kib, 7 * kib, 12 * kib});
}

TEST_CASE("an upload that ECR forgot is begun anew, three times at most") {
  Setting setting;
  SECTION("once") {
    setting.trouble_at("UploadLayerPart", 3, false, refusal("UploadNotFoundException"));
    setting.upload();
    CHECK(setting.server.uploads == 2);
    CHECK(setting.server.stored == setting.bytes);
  }
  SECTION("always") {
    setting.server.trouble = [](const std::string& operation, bool) -> LayerServer::Reply {
      return operation == "UploadLayerPart" ? refusal("UploadNotFoundException") : std::nullopt;
    };
    CHECK(failure_from([&] { setting.upload(); }).service().code == "UploadNotFoundException");
    CHECK(setting.server.uploads == 3);
  }
}

TEST_CASE("a layer that ECR has is success, however it says so") {
  Setting setting;
  SECTION("in so many words") {
    setting.trouble_at("CompleteLayerUpload", 1, false, refusal("LayerAlreadyExistsException"));
    setting.upload();
  }
  SECTION("by an upload that is over, after a reply that got lost") {
    setting.trouble_at("CompleteLayerUpload", 1, true, std::pair{503, json()});
    setting.upload();
    CHECK(setting.server.done);
  }
  CHECK(setting.server.uploads == 1);
}

TEST_CASE("of a file that is not the blob, the last part is not sent") {
  Setting setting;
  std::size_t parts = 2;
  SECTION("other bytes") { setting.bytes.back() ^= 1; }
  SECTION("more bytes") { setting.bytes += "x", parts = 0; }
  SECTION("fewer bytes") { setting.bytes.pop_back(), parts = 0; }
  setting.dir.write("layer", setting.bytes);
  CHECK(failure_from([&] { setting.upload(); }).kind() == ErrorKind::integrity);
  CHECK(setting.server.firsts.size() == parts);
  CHECK_FALSE(setting.server.done);
}

TEST_CASE("a server that never takes a part, or claims what was not sent, does not keep the upload going for ever") {
  const json last = GENERATE(json(0), json(-1), json(4), json(5 * kib - 1), json(99 * kib));
  CAPTURE(last.dump());
  Setting setting;
  setting.server.trouble = [&](const std::string& operation, bool) -> LayerServer::Reply {
    if (operation != "UploadLayerPart" || setting.server.firsts.empty()) return std::nullopt;
    return std::pair{400, json{{"__type", "InvalidLayerPartException"}, {"lastValidByteReceived", last}}};
  };
  unsigned requests = 0;
  auto session = setting.fake.session();
  session.transport = [&](const auto& request) {
    if (++requests > 50) throw std::logic_error("it goes on for ever");
    return setting.server.reply(request);
  };
  CHECK(failure_from([&] { aws::upload_layer(session, "123456789012", "web", setting.layer, {}, sizes); }).kind() ==
        ErrorKind::network);
}

TEST_CASE("credentials that expire between two parts are loaded once for all parts that follow (S35)") {
  Setting setting;
  auto session = setting.fake.session();
  unsigned reloads = 0, refused = 0;
  const auto find = [&] { return aws::Credentials{cat("AKIDNEW", ++reloads), "secret", "token", "a file"}; };
  session.live = std::make_shared<aws::LiveCredentials>(session.runtime.clock, find, session.credentials);
  session.transport = [&](const http::Request& request) {
    if (setting.server.firsts.empty() || request.headers.find("Authorization")->find("AKIDNEW") != std::string::npos)
      return setting.server.reply(request);
    ++refused;
    http::Response response;
    response.status = 400;
    response.body = R"({"__type":"ExpiredTokenException"})";
    return response;
  };
  aws::upload_layer(session, "123456789012", "web", setting.layer, {}, sizes);
  CHECK(setting.server.stored == setting.bytes);
  CHECK(reloads == 1);
  CHECK(refused == 1);
}
