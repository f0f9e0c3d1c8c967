#include "query_protocol.hpp"

#include "ecs_world.hpp"

using namespace sandbox_test;

TEST_CASE("a form becomes lists and structures") {
  const auto [form, expected] = GENERATE(table<std::string, Json>({
      {"Action=GetRole&Version=1", {{"Action", "GetRole"}, {"Version", "1"}}},
      {"Names.member.1=a&Names.member.2=b", {{"Names", {"a", "b"}}}},
      {"Filter.1.Name=vpc-id&Filter.1.Value.1=x", {{"Filter", Json::array({{{"Name", "vpc-id"}, {"Value", {"x"}}}})}}},
      {"A=b+c%26%3D", {{"A", "b c&="}}},
      {"A=&B", {{"A", ""}, {"B", ""}}},
      {"L.2=b", {{"L", {nullptr, "b"}}}},
      {"", Json::object()},
  }));
  CAPTURE(form);
  CHECK(sandbox::parse_form(form) == expected);
}

TEST_CASE("forms that contradict themselves or are too large are refused") {
  const auto form = GENERATE(as<std::string>(), "A=1&A=2", "A.1=1&A.B=2", "A=1&A.1=2", "A.B=1&A=2", "A.1001=x",
                             "A.99999999999999999999=x", "A.0=x", "A.B.C.D.E.F.G.H.I=x", "A=%ff", "1=x");
  CAPTURE(form);
  CHECK(refusal_of([&] { sandbox::parse_form(form); }) == "MalformedQueryString");
}

TEST_CASE("replies are XML with the names of the service") {
  const Json result = {{"Items", {"a<b", true, 3}}, {"None", nullptr}, {"One", {{"Name", "x&y"}}}};
  const auto xml = [&](const char* service) {
    return std::get<std::string>(sandbox::query_response({}, *sandbox::query_service(service), "GetIt", result).body);
  };
  CHECK_THAT(xml("iam"), Contains("<GetItResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><GetItResult>"
                                  "<Items><member>a&lt;b</member><member>true</member><member>3</member></Items>"
                                  "<None></None><One><Name>x&amp;y</Name></One></GetItResult>"));
  CHECK_THAT(xml("ec2"), Contains("<Items><item>a&lt;b</item>") && Contains("<requestId>"));
}

TEST_CASE("errors of the front end have the names of the service") {
  const auto error = [](const char* service, const char* code) {
    const auto& known = *sandbox::query_service(service);
    const auto failure = sandbox::as_query_failure({code, "why"}, known);
    return cat(failure.status, " ", std::get<std::string>(sandbox::query_failure({}, known, failure).body));
  };
  CHECK_THAT(error("sts", "ThrottlingException"), Contains("400") && Contains("<Code>Throttling</Code>"));
  CHECK_THAT(error("sts", "ExpiredTokenException"), Contains("403") && Contains("<Code>ExpiredToken</Code>"));
  CHECK_THAT(error("ec2", "ThrottlingException"),
             Contains("503") && Contains("<Errors><Error><Code>RequestLimitExceeded</Code>"));
  CHECK_THAT(error("iam", "NoSuchEntity"), Contains("<Code>NoSuchEntity</Code>") && Contains("<Type>Sender</Type>"));
}
