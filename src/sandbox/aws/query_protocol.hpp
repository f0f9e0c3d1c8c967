// The "query" protocol of STS, IAM, ELB and EC2: forms in, XML out (botocore's query.py and ec2.py).
#pragma once
#include <lapstrake/sandbox/aws/api_failure.hpp>
#include <lapstrake/sandbox/net/message.hpp>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace lapstrake::sandbox {

struct QueryService {
  std::string_view name, version, xml_namespace;
  bool is_ec2 = false;
};

bool is_form(const RequestHead& head);
// By signing name, and by the Version of a form; null: none.
const QueryService* query_service(std::string_view name);
const QueryService* query_service_of_version(std::string_view version);

// "Names.member.1=a&Filter.1.Name=b" as {"Names": ["a"], "Filter": [{"Name": "b"}]}. All values are texts. Throws
// ApiFailure{MalformedQueryString} for names that contradict each other or are too deep.
nlohmann::json parse_form(std::string_view text);

// The members of `result` in the response to `action`, as XML or (Accept: application/json) as JSON.
Response query_response(const RequestHead& head, const QueryService& service, const std::string& action,
                        const nlohmann::json& result);
// The names and statuses that the query services have for errors of the common front end.
ApiFailure as_query_failure(ApiFailure failure, const QueryService& service);
Response query_failure(const RequestHead& head, const QueryService& service, const ApiFailure& failure);

// Members of a form; a boolean is "true".
bool is_true(const nlohmann::json& input, const char* name);
std::int64_t number_member(const nlohmann::json& input, const char* name, std::int64_t usual, std::int64_t least,
                           std::int64_t most);
// A required text; throws ApiFailure{ValidationError}.
std::string required_text(const nlohmann::json& input, const char* name);

}  // namespace lapstrake::sandbox
