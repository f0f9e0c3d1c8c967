// How services differ in Signature Version 4.
#pragma once

namespace lapstrake::aws {

struct SignRules {
  bool normalize_path = true;      // all services but S3
  bool sign_body_header = false;   // adds x-amz-content-sha256
  bool sign_session_token = true;  // false: the token is added after signing
  bool double_encode_path = true;  // all services but S3; the vectors' paths are raw: encoded once
};

}  // namespace lapstrake::aws
