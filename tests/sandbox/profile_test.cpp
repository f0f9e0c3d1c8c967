// ECR's own ways, beside the distribution API: layers in parts, settings, templates, mounts, rights, rates, ECR Public.
#include "client.hpp"

using namespace sandbox_test;

namespace {

struct Upload {
  const Client& client;
  std::string id;

  explicit Upload(const Client& of) : client(of) {
    const auto reply = client.call("ecr", "InitiateLayerUpload", {{"repositoryName", "web"}});
    REQUIRE(reply.status == 200);
    CHECK(Json::parse(reply.body)["partSize"] == 10'485'760);
    id = Json::parse(reply.body)["uploadId"];
  }
  http::Response part(std::uint64_t first, const std::string& bytes, std::uint64_t more = 0) const {
    return client.call("ecr", "UploadLayerPart",
                       {{"repositoryName", "web"},
                        {"uploadId", id},
                        {"partFirstByte", first},
                        {"partLastByte", first + bytes.size() - 1 + more},
                        {"layerPartBlob", base64(as_bytes(bytes))}});
  }
  http::Response complete(const std::string& bytes) const {
    return client.call(
        "ecr", "CompleteLayerUpload",
        {{"repositoryName", "web"}, {"uploadId", id}, {"layerDigests", Json::array({oci::Digest::of(bytes).text()})}});
  }
};

Json create(const Client& client, Json input) {
  input["repositoryName"] = input.value("repositoryName", "web");
  const auto reply = client.call("ecr", "CreateRepository", input);
  INFO(reply.body);
  REQUIRE(reply.status == 200);
  return Json::parse(reply.body)["repository"];
}

Json described(const Client& client, const std::string& name) {
  return Json::parse(client.call("ecr", "DescribeRepositories", {{"repositoryNames", {name}}}).body)["repositories"][0];
}

}  // namespace

TEST_CASE("a layer goes up by ECR's API, and is there for /v2/") {
  const Client client;
  create(client, Json::object());
  const std::string whole(1'000, 'a');
  const Upload upload(client);
  CHECK(Json::parse(upload.part(0, whole).body)["lastByteReceived"] == 999);
  const auto done = upload.complete(whole);
  CHECK(Json::parse(done.body)["layerDigest"] == oci::Digest::of(whole).text());
  CHECK(client.v2("HEAD", cat("web/blobs/", oci::Digest::of(whole).text())).headers.find("Content-Length") == "1000");
  CHECK(error_code(upload.complete(whole)) == "UploadNotFoundException");
}

TEST_CASE("parts out of order, of another size, too small, or none are refused in ECR's words") {
  const Client client;
  create(client, Json::object());
  const Upload upload(client);
  CHECK(error_code(upload.complete("x")) == "EmptyUploadException");
  REQUIRE(upload.part(0, "small").status == 200);
  const auto again = upload.part(0, "small");
  CHECK(error_code(again) == "InvalidLayerPartException");
  CHECK(error_message(again) == "First byte of the layer part is 0 instead of 5");
  CHECK(Json::parse(again.body)["lastValidByteReceived"] == 4);
  CHECK(Json::parse(again.body)["uploadId"] == upload.id);
  CHECK(error_code(upload.part(5, "size", 1)) == "InvalidLayerPartException");
  REQUIRE(upload.part(5, "end").status == 200);
  CHECK(error_code(upload.complete("smallend")) == "LayerPartTooSmallException");

  const Upload wrong(client);
  REQUIRE(wrong.part(0, "bytes").status == 200);
  CHECK(error_code(wrong.complete("other")) == "InvalidLayerException");
  client.put_blob("web", "there");
  const Upload there(client);
  REQUIRE(there.part(0, "there").status == 200);
  CHECK(error_code(there.complete("there")) == "LayerAlreadyExistsException");
  CHECK(error_code(client.call("ecr", "InitiateLayerUpload", {{"repositoryName", "nowhere"}})) ==
        "RepositoryNotFoundException");
}

TEST_CASE("a repository shows the settings that it was created with") {
  const Client client;
  const Json settings = {
      {"imageTagMutability", "IMMUTABLE_WITH_EXCLUSION"},
      {"imageTagMutabilityExclusionFilters", {{{"filterType", "WILDCARD"}, {"filter", "dev-*"}}}},
      {"imageScanningConfiguration", {{"scanOnPush", true}}},
      {"encryptionConfiguration", {{"encryptionType", "KMS"}, {"kmsKey", "arn:aws:kms:us-east-1:123456789012:key/1"}}}};
  Json input = settings;
  input["tags"] = {{{"Key", "team"}, {"Value", "web"}}};
  const auto made = create(client, input);
  for (const auto& shown : {made, described(client, "web")})
    for (const auto& [name, value] : settings.items()) CHECK(shown[name] == value);
  const auto tags = client.call("ecr", "ListTagsForResource", {{"resourceArn", made["repositoryArn"]}});
  CHECK(Json::parse(tags.body)["tags"] == input["tags"]);

  const std::string text = client.put_image("web", "v1");
  REQUIRE(client.put_manifest("web", "dev-1", text).status == 201);
  CHECK(error_code(client.put_manifest("web", "v1", text)) == "TAG_INVALID");
  CHECK(client.put_manifest("web", "dev-1", text).status == 201);
}

TEST_CASE("settings that ECR does not know are refused") {
  const Client client;
  const Json input =
      GENERATE(Json{{"imageTagMutability", "FROZEN"}}, Json{{"imageTagMutability", "IMMUTABLE_WITH_EXCLUSION"}},
               Json{{"imageTagMutabilityExclusionFilters", {{{"filterType", "WILDCARD"}, {"filter", "dev-*"}}}}},
               Json{{"imageTagMutability", "IMMUTABLE_WITH_EXCLUSION"},
                    {"imageTagMutabilityExclusionFilters", {{{"filterType", "WILDCARD"}, {"filter", "a b"}}}}},
               Json{{"encryptionConfiguration", {{"encryptionType", "ROT13"}}}},
               Json{{"encryptionConfiguration", {{"encryptionType", "AES256"}, {"kmsKey", "alias/x"}}}});
  Json whole = input;
  whole["repositoryName"] = "web";
  CAPTURE(whole.dump());
  CHECK(error_code(client.call("ecr", "CreateRepository", whole)) == "InvalidParameterException");
}

TEST_CASE("a template creates what is pushed to, the longest prefix first, and ROOT for the rest") {
  const Client client({.create_repositories = false});
  const auto has_template = [&](const std::string& prefix, const std::string& mutability, const char* applied) {
    REQUIRE(client
                .call("ecr", "CreateRepositoryCreationTemplate",
                      {{"prefix", prefix}, {"imageTagMutability", mutability}, {"appliedFor", {applied}}})
                .status == 200);
  };
  has_template("team", "IMMUTABLE", "CREATE_ON_PUSH");
  has_template("team/web", "MUTABLE", "CREATE_ON_PUSH");
  has_template("copies", "MUTABLE", "REPLICATION");
  for (const auto& [name, mutability] : {std::pair{"team/api", "IMMUTABLE"}, std::pair{"team/web/a", "MUTABLE"}}) {
    CHECK(client.v2("POST", cat(name, "/blobs/uploads/")).status == 202);
    CHECK(described(client, name)["imageTagMutability"] == mutability);
  }
  for (const char* name : {"other", "teams/x", "copies/x"})
    CHECK_THROWS_AS(client.v2("POST", cat(name, "/blobs/uploads/")), Error);
  has_template("ROOT", "IMMUTABLE", "CREATE_ON_PUSH");
  CHECK(client.v2("POST", "other/blobs/uploads/").status == 202);
}

TEST_CASE("a blob is mounted when the account wants it and a manifest of the source names it") {
  const Client client;
  const auto mounted = [&](const std::string& digest, const std::string& into = "other") {
    return client.v2("POST", cat(into, "/blobs/uploads/?mount=", digest, "&from=web")).status;
  };
  client.put_image("web", "v1");
  const auto layer = oci::Digest::of("layer").text(), loose = client.put_blob("web", "loose");
  CHECK(mounted(layer) == 202);
  CHECK(client.call("ecr", "PutAccountSetting", {{"name", "BLOB_MOUNTING"}, {"value", "ENABLED"}}).status == 200);
  CHECK(Json::parse(client.call("ecr", "GetAccountSetting", {{"name", "BLOB_MOUNTING"}}).body)["value"] == "ENABLED");
  CHECK(mounted(loose) == 202);
  CHECK(mounted(layer) == 201);
  CHECK(client.v2("HEAD", cat("other/blobs/", layer)).status == 200);
  create(client, {{"repositoryName", "secret"}, {"encryptionConfiguration", {{"encryptionType", "KMS"}}}});
  CHECK(mounted(layer, "secret") == 202);
}

TEST_CASE("who lacks a right is hung up on at an upload, and told its name elsewhere") {
  Client client;
  const std::string text = client.put_image("web", "v1");
  client.box.set_faults(R"({"deny": ["ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:BatchCheck*", "ecr:Describe*"]})");
  CHECK_THROWS_AS(client.v2("POST", "web/blobs/uploads/"), Error);
  const auto put = client.put_manifest("web", "v2", text);
  CHECK(put.status == 403);
  CHECK(error_code(put) == "DENIED");
  const std::string told =
      "User: arn:aws:iam::123456789012:user/sandbox is not authorized to perform: ecr:PutImage on resource: "
      "arn:aws:ecr:us-east-1:123456789012:repository/web because no identity-based policy allows the ecr:PutImage "
      "action";
  CHECK(error_message(put) == told);
  CHECK(client.v2("HEAD", cat("web/blobs/", oci::Digest::of("layer").text())).status == 403);
  CHECK(client.v2("GET", "web/manifests/v1").status == 200);
  const auto api = client.call("ecr", "DescribeRepositories", {{"repositoryNames", {"web"}}});
  CHECK(api.status == 400);
  CHECK(error_code(api) == "AccessDeniedException");
  CHECK_THAT(error_message(api), Contains("ecr:DescribeRepositories on resource: arn:aws:ecr:us-east-1:"));
}

TEST_CASE("throttling has ECR's words at each door, and credentials expire on request") {
  Client client;
  client.box.set_faults(
      R"({"rules": [{"to": 2, "do": {"throttle": true}}, {"nth": 3, "do": {"expire_token": true}}]})");
  const auto registry = client.v2("GET", "");
  CHECK(registry.status == 429);
  CHECK(error_code(registry) == "TOOMANYREQUESTS");
  CHECK(error_message(registry) == "Rate exceeded");
  const auto api = client.call("ecr", "DescribeRepositories", Json::object());
  CHECK(api.status == 400);
  CHECK_THAT(error_code(api), Contains("ThrottlingException"));
  CHECK_THAT(error_code(client.call("ecr", "DescribeRepositories", Json::object())), Contains("ExpiredTokenException"));
}

TEST_CASE("ECR Public gives tokens, to pull to everybody, to push to who logs in") {
  const Client client;
  const std::string host = GENERATE("https://public.ecr.aws", "https://ecr-public.aws.com");
  const auto refused = client.send("GET", host + "/v2/");
  CHECK(refused.status == 401);
  CHECK(refused.headers.find("WWW-Authenticate") ==
        cat("Bearer realm=\"", host, "/token/\",service=\"public.ecr.aws\",scope=\"aws\""));
  const auto bearer = [&](const Headers& login) {
    const auto reply = client.send("GET", host + "/token/?service=public.ecr.aws&scope=aws", login);
    REQUIRE(reply.status == 200);
    return Headers{{"Authorization", "Bearer " + Json::parse(reply.body)["token"].get<std::string>()}};
  };
  const auto nobody = bearer({});
  CHECK(client.send("GET", host + "/v2/", nobody).status == 200);
  CHECK(client.send("POST", host + "/v2/alias/web/blobs/uploads/", nobody).status == 403);

  const auto reply = client.call("ecr-public", "GetAuthorizationToken", Json::object());
  const auto token = Json::parse(reply.body)["authorizationData"]["authorizationToken"].get<std::string>();
  const auto owner = bearer({{"Authorization", "Basic " + token}});
  const auto session = client.send("POST", host + "/v2/alias/web/blobs/uploads/", owner);
  REQUIRE(session.status == 202);
  CHECK(client.send("GET", session.headers.find("Location").value(), owner).status == 404);
  CHECK(client.send("GET", host + "/token/", {{"Authorization", client.login}}).status == 401);
}
