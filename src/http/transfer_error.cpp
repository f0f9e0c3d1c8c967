#include "transfer_error.hpp"

#include <lapstrake/base/text.hpp>
#include <lapstrake/http/message.hpp>

namespace lapstrake::http {
namespace {

std::string where(const Url& url) { return cat("`", url.host, ":", url.port, "`"); }

Error cannot_connect(const Url& url, std::string_view why, std::string help = {}) {
  return Error(ErrorKind::network, cat("cannot connect to ", where(url), ": ", why), std::move(help));
}

// The key of `registries:` for this host.
std::string key_of(const Url& url) { return url.port == 443 ? url.host : cat("\"", url.host, ":", url.port, "\""); }

Error proxy_refuses(const Url& url, const TransferFailure& failure) {
  const auto why = cat("the proxy `", failure.proxy, "` returned ", failure.proxy_status);
  if (failure.proxy_status == 407)
    return Error(ErrorKind::access, cat("cannot connect to ", where(url), ": ", why, ": it requires a login"),
                 "set the login in HTTPS_PROXY (http://USER:PASSWORD@HOST:PORT), or add the host to NO_PROXY");
  Error error = cannot_connect(url, why, "allow the host in the proxy, or add it to NO_PROXY");
  if (failure.proxy_status >= 500) error.transient();
  return error;
}

Error not_trusted(const Url& url, const TransferFailure& failure) {
  Error error = cannot_connect(url, "its certificate is not trusted",
                               cat("if the host uses a private CA, set its PEM file: `registries: { ", key_of(url),
                                   ": { ca: FILE } }`, or SSL_CERT_FILE (AWS_CA_BUNDLE for AWS)"));
  error.because(failure.ca_file.empty() ? failure.text
                                        : cat(failure.text, " (checked against `", failure.ca_file, "`)"));
  return error;
}

Error handshake_failed(const Url& url, const TransferFailure& failure) {
  const auto says = [&](std::string_view part) { return failure.text.find(part) != std::string::npos; };
  // OpenSSL's messages for a reply that is not TLS.
  if (says("wrong version number") || says("packet length too long") || says("http request") ||
      says("record layer failure"))
    return cannot_connect(
        url, "the server does not use TLS",
        cat("for a registry without TLS, add `registries: { ", key_of(url), ": { insecure: true } }`"));
  Error error = cannot_connect(url, "the TLS handshake failed");
  error.because(failure.text);
  // A closed connection may be temporary; rejected versions or ciphers are not.
  if (says("SSL_ERROR_SYSCALL") || says("Connection reset") || says("unexpected eof")) error.transient();
  return error;
}

Error name_error(const Url& url, const TransferFailure& failure, bool of_proxy) {
  const auto name = of_proxy ? cat("proxy `", failure.proxy, "`") : cat("host `", url.host, "`");
  if (failure.name_unknown)
    return cannot_connect(url, cat(name, " not found"),
                          of_proxy ? "check HTTPS_PROXY"
                                   : "check the spelling, the DNS server, and whether a proxy is needed (HTTPS_PROXY)");
  Error error = cannot_connect(url, cat(name, " cannot be resolved now"), "check the network and the DNS server");
  error.transient();
  return error;
}

// libcurl accepts header lines up to 100 KiB. Before 8.6 it reports CURLE_OUT_OF_MEMORY for longer ones.
constexpr int too_large = 100;  // CURLE_TOO_LARGE
Error endless_header(const Url& url) {
  return Error(ErrorKind::integrity, cat(where(url), " sent a header longer than 100 KiB"));
}

Error lost(const Url& url, const TransferFailure& failure) {
  const bool silent = failure.connected && !failure.replied;
  Error error(ErrorKind::network, cat("the connection to ", where(url), " was lost"));
  if (silent && failure.code != CURLE_OPERATION_TIMEDOUT)
    error.because("the connection was closed without a reply").with_code(ErrorCode::connection_closed);
  else
    error.because(failure.text);
  if (failure.code == CURLE_OPERATION_TIMEDOUT) error.with_code(ErrorCode::timed_out);
  return error.transient();
}

}  // namespace

Error transfer_error(const Url& url, const TransferFailure& failure) {
  if (!failure.proxy.empty() && failure.proxy_status >= 300) return proxy_refuses(url, failure);
  switch (failure.code) {
    case CURLE_COULDNT_RESOLVE_HOST: return name_error(url, failure, false);
    case CURLE_COULDNT_RESOLVE_PROXY: return name_error(url, failure, true);
    case CURLE_COULDNT_CONNECT: {
      Error error = cannot_connect(url, failure.os_error != 0 ? reason(failure.os_error) : failure.text);
      if (!failure.proxy.empty())
        error.helped_by(cat("the connection goes through the proxy `", failure.proxy, "`: check it, or set NO_PROXY"));
      error.transient();
      return error;
    }
    case CURLE_OPERATION_TIMEDOUT:
      if (failure.connected) return lost(url, failure);
      return cannot_connect(url, "timed out").because(failure.text).with_code(ErrorCode::timed_out).transient();
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR: return not_trusted(url, failure);
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
      return Error(ErrorKind::input, cat("cannot use the certificates for ", where(url), ": ", failure.text),
                   "check that the file exists and contains PEM certificates");
    case CURLE_SSL_CONNECT_ERROR: return handshake_failed(url, failure);
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_SEND_FAIL_REWIND:  // a reused connection died during the body
    case CURLE_RECV_ERROR:
    case CURLE_PARTIAL_FILE:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM: return lost(url, failure);
    case CURLE_OUT_OF_MEMORY:
      if (failure.connected) return endless_header(url);
      return Error(ErrorKind::internal, "out of memory");
    default:
      if (failure.code == too_large) return endless_header(url);
      return Error(ErrorKind::network, cat("the request to ", where(url), " failed"))
          .because(failure.text.empty() ? curl_easy_strerror(failure.code) : failure.text);
  }
}

}  // namespace lapstrake::http
