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
  const auto why = cat("the proxy `", failure.proxy, "` answers ", failure.proxy_status);
  if (failure.proxy_status == 407)
    return Error(ErrorKind::access, cat("cannot connect to ", where(url), ": ", why, ", it wants a login"),
                 "put the login into HTTPS_PROXY (http://USER:PASSWORD@HOST:PORT), or name the host in NO_PROXY");
  Error error = cannot_connect(url, why, "allow the host in the proxy, or name it in NO_PROXY");
  if (failure.proxy_status >= 500) error.transient();
  return error;
}

Error not_trusted(const Url& url, const TransferFailure& failure) {
  Error error = cannot_connect(url, "its certificate is not trusted",
                               cat("if the host has an authority of its own, name its PEM file: `registries: { ",
                                   key_of(url), ": { ca: FILE } }`, or set SSL_CERT_FILE (AWS_CA_BUNDLE for AWS)"));
  error.because(failure.ca_file.empty() ? failure.text
                                        : cat(failure.text, " (checked against `", failure.ca_file, "`)"));
  return error;
}

Error handshake_failed(const Url& url, const TransferFailure& failure) {
  const auto says = [&](std::string_view part) { return failure.text.find(part) != std::string::npos; };
  // OpenSSL's words for an answer that is not TLS at all.
  if (says("wrong version number") || says("packet length too long") || says("http request") ||
      says("record layer failure"))
    return cannot_connect(
        url, "it does not speak TLS",
        cat("if it is a plain-HTTP registry: `registries: { ", key_of(url), ": { insecure: true } }`"));
  Error error = cannot_connect(url, "the TLS handshake failed");
  error.because(failure.text);
  // A peer that went away may be back; one that refuses our versions or ciphers will go on doing so.
  if (says("SSL_ERROR_SYSCALL") || says("Connection reset") || says("unexpected eof")) error.transient();
  return error;
}

Error name_error(const Url& url, const TransferFailure& failure, bool of_proxy) {
  const auto name = of_proxy ? cat("the proxy `", failure.proxy, "`") : cat("the name `", url.host, "`");
  if (failure.name_unknown)
    return cannot_connect(url, cat(name, " is not known"),
                          of_proxy ? "check HTTPS_PROXY"
                                   : "check the spelling, the DNS server, and whether a proxy is needed (HTTPS_PROXY)");
  Error error = cannot_connect(url, cat(name, " cannot be looked up now"), "check the network and the DNS server");
  error.transient();
  return error;
}

// libcurl takes no line beyond 100 KiB. Before its 8.6 it says then that memory ran out, which it never does by itself.
constexpr int too_large = 100;  // CURLE_TOO_LARGE
Error endless_header(const Url& url) {
  return Error(ErrorKind::integrity, cat(where(url), " answers with a header that is longer than 100 KiB"));
}

Error lost(const Url& url, const TransferFailure& failure) {
  const bool silent = failure.connected && !failure.replied;
  Error error(ErrorKind::network, cat("the connection to ", where(url), " was lost"));
  error.because(silent && failure.code != CURLE_OPERATION_TIMEDOUT ? std::string(closed_without_reply) : failure.text);
  error.transient();
  return error;
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
        error.helped_by(cat("the proxy `", failure.proxy, "` is used: check it, or set NO_PROXY"));
      error.transient();
      return error;
    }
    case CURLE_OPERATION_TIMEDOUT:
      if (failure.connected) return lost(url, failure);
      return cannot_connect(url, "no answer in time").because(failure.text).transient();
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR: return not_trusted(url, failure);
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
      return Error(ErrorKind::input, cat("cannot use the certificates for ", where(url), ": ", failure.text),
                   "check that the file is there and holds PEM certificates");
    case CURLE_SSL_CONNECT_ERROR: return handshake_failed(url, failure);
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_SEND_FAIL_REWIND:  // a kept connection died under a body
    case CURLE_RECV_ERROR:
    case CURLE_PARTIAL_FILE:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM: return lost(url, failure);
    case CURLE_OUT_OF_MEMORY:
      if (failure.connected) return endless_header(url);
      return Error(ErrorKind::internal, "no memory is left");
    default:
      if (failure.code == too_large) return endless_header(url);
      return Error(ErrorKind::network, cat("the exchange with ", where(url), " failed"))
          .because(failure.text.empty() ? curl_easy_strerror(failure.code) : failure.text);
  }
}

}  // namespace lapstrake::http
