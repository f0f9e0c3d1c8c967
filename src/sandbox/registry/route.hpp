// The route of a distribution API request, and the IAM action that it needs.
#pragma once
#include <lapstrake/base/text.hpp>
#include <lapstrake/sandbox/net/message.hpp>
#include <lapstrake/sandbox/registry/replies.hpp>
#include <string>
#include <string_view>

namespace lapstrake::sandbox {

// /v2/NAME/KIND/REFERENCE
struct Route {
  std::string name, kind, reference;
};

inline Response not_allowed(const RequestHead& head) {
  return error_reply(405, "UNSUPPORTED", cat(head.method, " is not supported here"));
}

// ECR user guide, "Actions for the registry's API": "ecr:PutImage".
inline std::string_view action_of(const RequestHead& head, const Route& route) {
  if (route.kind == "/blobs/uploads/")
    return head.method == "POST"  ? "ecr:InitiateLayerUpload"
           : head.method == "PUT" ? "ecr:CompleteLayerUpload"
                                  : "ecr:UploadLayerPart";
  if (route.kind == "/blobs/")
    return head.method == "HEAD" ? "ecr:BatchCheckLayerAvailability" : "ecr:GetDownloadUrlForLayer";
  if (route.kind == "/manifests/") return head.method == "PUT" ? "ecr:PutImage" : "ecr:BatchGetImage";
  return route.kind == "/tags/" ? "ecr:ListImages" : "ecr:ListImageReferrers";
}

}  // namespace lapstrake::sandbox
