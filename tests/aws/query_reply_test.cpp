#include "query_reply.hpp"

#include <lapstrake/base/error.hpp>
#include <nlohmann/json.hpp>

#include "support/catch.hpp"
#include "support/failure.hpp"

using namespace lapstrake;
using nlohmann::json;

TEST_CASE("elements are members, and `member` and `item` are elements of a list") {
  CHECK(aws::read_query_reply(R"(<ListXResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">
      <ListXResult><IsTruncated>false</IsTruncated><Names><member>a</member><member>b &amp; c</member></Names></ListXResult>
      <ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></ListXResponse>)",
                              "iam:ListX") == json({{"IsTruncated", "false"}, {"Names", {"a", "b & c"}}}));
  CHECK(aws::read_query_reply("<DescribeYResponse><ySet><item><id>1</id></item></ySet></DescribeYResponse>",
                              "ec2:DescribeY") == json({{"ySet", {{{"id", "1"}}}}}));
}

TEST_CASE("a reply in JSON, as STS sends it, gives the same") {
  CHECK(aws::read_query_reply(R"({"GetXResponse": {"GetXResult": {"Arn": "a"}}})", "sts:GetX") == json({{"Arn", "a"}}));
}

TEST_CASE("a reply that is neither is an error of the network") {
  CHECK(failure_of([] { (void)aws::read_query_reply("<html><p>", "iam:GetRole"); }).kind() == ErrorKind::network);
  std::string nested;
  for (int i = 0; i < 5000; ++i) nested += "<a>";
  CHECK(failure_of([&] { (void)aws::read_query_reply(nested, "iam:GetRole"); }).kind() == ErrorKind::network);
}
