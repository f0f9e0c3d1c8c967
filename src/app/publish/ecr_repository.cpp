#include "ecr_repository.hpp"

#include <lapstrake/aws/ecr/host.hpp>
#include <lapstrake/aws/ecr/repository.hpp>
#include <lapstrake/base/text.hpp>

namespace lapstrake::app {
namespace {

aws::EcrSettings ecr_settings(const std::optional<spec::RepositorySettings>& settings) {
  aws::EcrSettings out;
  if (!settings) return out;
  if (settings->immutable_tags)
    out.tag_mutability = cat(*settings->immutable_tags ? "IMMUTABLE" : "MUTABLE",
                             settings->immutable_tags_except.empty() ? "" : "_WITH_EXCLUSION");
  out.mutability_exclusions = settings->immutable_tags_except;
  out.scan_on_push = settings->scan_on_push;
  out.encryption = settings->encryption;
  out.kms_key = settings->kms_key;
  out.tags = settings->tags;
  return out;
}

void report(const EcrLookup& lookup, Event::Kind kind, std::string text) {
  lookup.context.report.progress({.kind = kind, .image = {}, .subject = {}, .text = std::move(text)});
}

void warn_of_differences(const EcrLookup& lookup, const aws::EcrRepository& found) {
  const auto all = aws::differences(ecr_settings(lookup.settings), found.settings);
  if (!all.empty())
    report(lookup, Event::Kind::warning,
           cat("the repository `", lookup.target.repository, "` already exists and is not changed: ", join(all, "; ")));
}

std::string caller(const EcrLookup& lookup, const aws::EcrHost& ecr) {
  try {
    return aws::caller_identity(lookup.network.session(ecr)).arn;
  } catch (const Error& error) {
    return "the caller";
  }
}

std::string_view partition(std::string_view region) {
  return region.starts_with("cn-") ? "aws-cn" : region.starts_with("us-gov-") ? "aws-us-gov" : "aws";
}

// What a push needs of one repository, as a policy's statement.
std::string push_statement(const EcrLookup& lookup, const aws::EcrHost& ecr) {
  return cat(R"({"Effect":"Allow","Action":["ecr:BatchCheckLayerAvailability","ecr:InitiateLayerUpload",)",
             R"("ecr:UploadLayerPart","ecr:CompleteLayerUpload","ecr:PutImage","ecr:BatchGetImage"],"Resource":"arn:)",
             partition(ecr.region), ":ecr:", ecr.region, ":", ecr.account, ":repository/", lookup.target.repository,
             R"("})");
}

std::string creation(const EcrLookup& lookup, const aws::EcrHost& ecr) {
  return cat("`lapstrake push --create-repository`, or `aws ecr create-repository --region ", ecr.region,
             " --repository-name ", lookup.target.repository, "`");
}

Error missing_right(const EcrLookup& lookup, const aws::EcrHost& ecr, std::string what) {
  const auto who = caller(lookup, ecr);
  Error error(ErrorKind::access, std::move(what),
              cat("add this statement to a policy of ", who,
                  " (for cross-account pushes, also to the repository policy):\n", push_statement(lookup, ecr)));
  error.because(cat("the repository `", lookup.target.repository,
                    "` exists, but ECR closes the connection on uploads by ", who,
                    ": ecr:InitiateLayerUpload is probably not allowed"));
  return error;
}

Error either_way(const EcrLookup& lookup, const aws::EcrHost& ecr, std::string what, const std::string& why) {
  const auto who = caller(lookup, ecr);
  Error error(ErrorKind::network, std::move(what),
              cat("if the repository is missing, create it: ", creation(lookup, ecr),
                  "; if it exists, add this statement to a policy of ", who, ":\n", push_statement(lookup, ecr)));
  error.because(cat("ECR closes the connection on uploads by ", who, ": either the repository `",
                    lookup.target.repository,
                    "` is missing, or ecr:InitiateLayerUpload is not allowed (cannot find out which: ", why, ")"));
  return error;
}

}  // namespace

EcrLookupResult look_up_in_ecr(const EcrLookup& lookup) {
  using enum EcrLookupResult::Kind;
  const auto ecr = aws::parse_ecr_host(lookup.target.host);
  if (!ecr) return {.kind = unknown, .why = "it is not an ECR registry"};
  try {
    const auto found = aws::find_repository(lookup.network.session(*ecr), ecr->account, lookup.target.repository);
    if (!found) return {.kind = absent};
    warn_of_differences(lookup, *found);
    return {.kind = present};
  } catch (const Error& error) {
    return {.kind = unknown, .why = error.summary()};
  }
}

Error diagnose(const Error& failure, const EcrLookupResult& found, const EcrLookup& lookup) {
  const auto ecr = aws::parse_ecr_host(lookup.target.host);
  if (!ecr) return failure;
  using enum EcrLookupResult::Kind;
  auto error = [&] {
    if (found.kind == present) return missing_right(lookup, *ecr, failure.summary());
    if (found.kind == unknown) return either_way(lookup, *ecr, failure.summary(), found.why);
    Error missing(ErrorKind::network, failure.summary(), cat("create it: ", creation(lookup, *ecr)));
    missing.because(
        cat("repository `", lookup.target.repository, "` not found in account ", ecr->account, ", ", ecr->region));
    return missing;
  }();
  for (const auto& doing : failure.steps()) error.during(doing);
  return error;
}

void create_in_ecr(const EcrLookup& lookup) {
  const auto& target = lookup.target;
  const auto ecr = aws::parse_ecr_host(target.host);
  if (aws::is_public_ecr(target.host))
    throw Error(ErrorKind::usage, "`--create-repository` does not support ECR Public",
                cat("run `aws ecr-public create-repository --region us-east-1 --repository-name ",
                    target.repository.substr(target.repository.find('/') + 1), "`"));
  if (!ecr)
    throw Error(ErrorKind::usage,
                cat("`--create-repository` supports only ECR, and `", target.host, "` is not an ECR registry"),
                "create the repository with the tools of that registry");
  const auto made = aws::create_repository(lookup.network.session(*ecr), ecr->account, target.repository,
                                           ecr_settings(lookup.settings));
  if (!made.is_new) return warn_of_differences(lookup, made.repository);
  report(lookup, Event::Kind::note, cat("created the repository ", made.repository.arn));
}

}  // namespace lapstrake::app
