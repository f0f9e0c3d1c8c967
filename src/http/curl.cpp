#include <curl/curl.h>
#include <netdb.h>
#include <sys/socket.h>

#include <cstdio>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/http/curl.hpp>
#include <lapstrake/http/secrets.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "proxy.hpp"
#include "transfer.hpp"
#include "transfer_error.hpp"
#include "url_handle.hpp"

namespace lapstrake::http {
namespace {

using Handle = CHandle<CURL, curl_easy_cleanup>;
using List = CHandle<curl_slist, curl_slist_free_all>;

void start_libcurl() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);  // once for all threads
  if (started != CURLE_OK)
    throw Error(ErrorKind::internal, cat("cannot initialise libcurl: ", curl_easy_strerror(started)));
}

// Idle handles and their connections, by origin: a handle that was used for one host is never used for another
// (CVE-2026-8927, CVE-2026-6276).
class HandlePool {
 public:
  Handle take(const std::string& origin) {
    const std::lock_guard lock(mutex_);
    auto& idle = idle_[origin];
    if (idle.empty()) {
      Handle fresh(curl_easy_init());
      if (!fresh) throw Error(ErrorKind::internal, "cannot create a libcurl handle");
      return fresh;
    }
    Handle handle = std::move(idle.back());
    idle.pop_back();
    return handle;
  }
  void put_back(const std::string& origin, Handle handle) {
    curl_easy_reset(handle.get());
    const std::lock_guard lock(mutex_);
    if (auto& idle = idle_[origin]; idle.size() < most_idle) idle.push_back(std::move(handle));
  }

 private:
  static constexpr std::size_t most_idle = 16;
  std::mutex mutex_;
  std::map<std::string, std::vector<Handle>> idle_;
};

template <class Value>
void set(const Handle& handle, CURLoption option, Value value) {
  const CURLcode result = curl_easy_setopt(handle.get(), option, value);
  if (result != CURLE_OK)
    throw Error(ErrorKind::internal,
                cat("libcurl rejects option ", static_cast<int>(option), ": ", curl_easy_strerror(result)));
}

// Runs `act` on the transfer for a C callback: stores its exception, and returns `failed`.
template <class Result, class Act>
Result guarded(void* transfer, Result failed, Act act) {
  auto& self = *static_cast<Transfer*>(transfer);
  try {
    return act(self);
  } catch (...) {
    self.failure = std::current_exception();
    return failed;
  }
}

extern "C" {
static std::size_t on_read(char* room, std::size_t size, std::size_t count, void* transfer) {
  return guarded<std::size_t>(transfer, CURL_READFUNC_ABORT,
                              [&](Transfer& self) { return self.read_body(room, size * count); });
}
static std::size_t on_header(char* bytes, std::size_t size, std::size_t count, void* transfer) {
  return guarded<std::size_t>(transfer, 0, [&](Transfer& self) {
    self.take_header({bytes, size * count});
    return size * count;
  });
}
static std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* transfer) {
  return guarded<std::size_t>(transfer, 0, [&](Transfer& self) {
    return self.take_body({bytes, size * count}) ? size * count : 0;
  });
}
static int on_progress(void* transfer, curl_off_t, curl_off_t received, curl_off_t, curl_off_t sent) {
  return guarded<int>(transfer, 1, [&](Transfer& self) {
    self.watch(static_cast<std::uint64_t>(received), static_cast<std::uint64_t>(sent));
    return 0;
  });
}
static curl_socket_t on_socket(void* transfer, curlsocktype, struct curl_sockaddr* peer) {
  return guarded<curl_socket_t>(transfer, CURL_SOCKET_BAD, [&](Transfer& self) {
    const void* address = &peer->addr;  // libcurl's member is a sockaddr followed by space for longer ones
    self.refuse_address(kind_of({static_cast<const std::byte*>(address), peer->addrlen}));
    return ::socket(peer->family, peer->socktype | SOCK_CLOEXEC, peer->protocol);
  });
}
}

void append_to(List& list, const std::string& line) {
  curl_slist* longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) throw Error(ErrorKind::internal, "out of memory");
  if (list == nullptr) list.reset(longer);
}

List address_list(const CurlOptions& options) {
  List list;
  for (const auto& line : options.addresses) append_to(list, line);
  return list;
}

List header_list(const Request& request, const CurlOptions& options) {
  List list;
  const auto append = [&](const std::string& line) { append_to(list, line); };
  append("Expect:");
  if (!request.headers.find("Accept")) append("Accept: */*");
  if (!request.headers.find("Accept-Encoding")) append("Accept-Encoding: identity");
  if (!request.headers.find("User-Agent") && !options.user_agent.empty())
    append(cat("User-Agent: ", options.user_agent));
  // libcurl drops "Name:"; an empty value is written "Name;".
  for (const auto& [name, value] : request.headers) append(value.empty() ? cat(name, ";") : cat(name, ": ", value));
  return list;
}

void set_method(const Handle& handle, const Request& request) {
  if (request.method == "HEAD") {
    set(handle, CURLOPT_NOBODY, 1L);
  } else if (request.method == "GET" && length(request.body) == 0) {
    set(handle, CURLOPT_HTTPGET, 1L);
  } else if (request.method == "DELETE" && length(request.body) == 0) {
    set(handle, CURLOPT_CUSTOMREQUEST, "DELETE");
  } else {  // with a body, even an empty one: sends `Content-Length: 0`
    set(handle, CURLOPT_UPLOAD, 1L);
    set(handle, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    set(handle, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(length(request.body)));
  }
}

void set_limits(const Handle& handle, const CurlOptions& options) {
  set(handle, CURLOPT_NOSIGNAL, 1L);
  set(handle, CURLOPT_FOLLOWLOCATION, 0L);
  set(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  set(handle, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(handle, CURLOPT_TCP_KEEPALIVE, 1L);
  set(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(handle, CURLOPT_CONNECTTIMEOUT, static_cast<long>(options.connect_timeout.count()));
  set(handle, CURLOPT_BUFFERSIZE, 256L << 10);
  set(handle, CURLOPT_UPLOAD_BUFFERSIZE, 256L << 10);
}

std::string set_tls(const Handle& handle, const Request& request, const CurlOptions& options) {
  set(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  const TlsFor tls = options.tls_for ? options.tls_for(request.url) : TlsFor{};
  const auto ca = tls.ca_file ? tls.ca_file : options.ca_file;
  if (ca) {
    set(handle, CURLOPT_CAINFO, ca->c_str());
    set(handle, CURLOPT_CAPATH, nullptr);  // otherwise the system's folder would be trusted too
  }
  if (tls.ca_folders) set(handle, CURLOPT_CAPATH, tls.ca_folders->c_str());
  if (tls.client_certificate) set(handle, CURLOPT_SSLCERT, tls.client_certificate->c_str());
  if (tls.client_key) set(handle, CURLOPT_SSLKEY, tls.client_key->c_str());
  return ca ? ca->string() : std::string();
}

void set_callbacks(const Handle& handle, Transfer& transfer, const Request& request, bool direct) {
  set(handle, CURLOPT_READFUNCTION, on_read);
  set(handle, CURLOPT_READDATA, &transfer);
  // No SEEKFUNCTION: with it libcurl sends a body again when a reused connection dies, which would register a task
  // definition twice or use an upload session twice. The callers decide on retries (retry.hpp).
  set(handle, CURLOPT_HEADERFUNCTION, on_header);
  set(handle, CURLOPT_HEADERDATA, &transfer);
  set(handle, CURLOPT_WRITEFUNCTION, on_body);
  set(handle, CURLOPT_WRITEDATA, &transfer);
  set(handle, CURLOPT_NOPROGRESS, 0L);
  set(handle, CURLOPT_XFERINFOFUNCTION, on_progress);
  set(handle, CURLOPT_XFERINFODATA, &transfer);
  if (request.max_address_kind < AddressKind::link_local && direct) {
    set(handle, CURLOPT_OPENSOCKETFUNCTION, on_socket);
    set(handle, CURLOPT_OPENSOCKETDATA, &transfer);
    set(handle, CURLOPT_FRESH_CONNECT, 1L);  // the address of a reused connection was not checked
  }
}

void set_proxy(const Handle& handle, const Proxy& proxy) {
  set(handle, CURLOPT_PROXY, proxy.address.c_str());  // "": none, not even from the process's environment
  set(handle, CURLOPT_NOPROXY, "");                   // decided already
  if (proxy.username.empty() && proxy.password.empty()) return;
  set(handle, CURLOPT_PROXYUSERNAME, proxy.username.c_str());
  set(handle, CURLOPT_PROXYPASSWORD, proxy.password.c_str());
}

// The peer of the connection, which may be a reused one.
std::optional<AddressKind> peer_of(const Handle& handle) {
  const char* address = nullptr;
  if (curl_easy_getinfo(handle.get(), CURLINFO_PRIMARY_IP, &address) != CURLE_OK || address == nullptr)
    return std::nullopt;
  return kind_of_host(address);
}

// The host of "http://host:3128", as a resolver takes it.
std::string proxy_host(const Proxy& proxy) {
  const auto host = proxy.address.substr(proxy.address.find("://") + 3);
  return host.substr(0, host.find(':', host.starts_with('[') ? host.find(']') : 0));
}

// libcurl does not distinguish unknown names from temporary failures.
bool is_name_unknown(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int result = ::getaddrinfo(host.c_str(), nullptr, &hints, &found);
  if (result == 0) ::freeaddrinfo(found);
  return result == EAI_NONAME;
}

class CurlTransport {
 public:
  explicit CurlTransport(CurlOptions options) : options_(std::move(options)) {
    start_libcurl();
    for (const auto& address : proxies_of(options_.runtime.environment))
      learn_proxy(*options_.runtime.secrets, address);
  }

  Response operator()(const Request& request) {
    const auto origin = request.url.origin();
    Handle handle = pool_.take(origin);
    Response response = exchange(handle, request);
    pool_.put_back(origin, std::move(handle));  // a failure drops the handle and its connection
    return response;
  }

 private:
  Response exchange(const Handle& handle, const Request& request) {
    Transfer transfer(request, options_);
    const Proxy proxy = request.never_by_proxy ? Proxy{} : proxy_for(options_.runtime.environment, request.url);
    log_once(proxy);
    if (!proxy.address.empty()) transfer.refuse_address(kind_of_host(request.url.host).value_or(AddressKind::global));
    const UrlHandle url = url_handle(request.url);
    const List headers = header_list(request, options_), addresses = address_list(options_);
    char text[CURL_ERROR_SIZE] = "";
    set_limits(handle, options_);
    if (is_cancel_request(request)) set(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(cancel_timeout.count()));
    if (request.most_time) set(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(request.most_time->count()));
    set_method(handle, request);
    TransferFailure failure;
    failure.ca_file = set_tls(handle, request, options_);
    set_callbacks(handle, transfer, request, proxy.address.empty());
    set(handle, CURLOPT_CURLU, url.get());
    set(handle, CURLOPT_HTTPHEADER, headers.get());
    set(handle, CURLOPT_RESOLVE, addresses.get());
    set(handle, CURLOPT_ERRORBUFFER, text);
    set_proxy(handle, proxy);

    failure.code = curl_easy_perform(handle.get());
    if (transfer.failure) std::rethrow_exception(transfer.failure);
    if (proxy.address.empty()) transfer.set_peer(peer_of(handle));
    if (failure.code == CURLE_OK || (failure.code == CURLE_WRITE_ERROR && transfer.cut_short()))
      return std::move(transfer).finish();
    failure.text = text;
    failure.replied = transfer.replied();
    throw explained(handle, request, proxy, std::move(failure));
  }

  Error explained(const Handle& handle, const Request& request, const Proxy& proxy, TransferFailure failure) const {
    long os_error = 0;
    curl_off_t sending_began = 0;
    curl_easy_getinfo(handle.get(), CURLINFO_OS_ERRNO, &os_error);
    curl_easy_getinfo(handle.get(), CURLINFO_HTTP_CONNECTCODE, &failure.proxy_status);
    curl_easy_getinfo(handle.get(), CURLINFO_PRETRANSFER_TIME_T, &sending_began);
    failure.os_error = static_cast<int>(os_error);
    failure.connected = sending_began > 0;
    failure.proxy = proxy.shown;
    if (failure.code == CURLE_COULDNT_RESOLVE_HOST) failure.name_unknown = is_name_unknown(request.url.host);
    if (failure.code == CURLE_COULDNT_RESOLVE_PROXY) failure.name_unknown = is_name_unknown(proxy_host(proxy));
    return transfer_error(request.url, failure);
  }

  void log_once(const Proxy& proxy) {
    if (proxy.address.empty() || !options_.log) return;
    std::call_once(logged_, [&] { options_.log(cat("using the proxy ", proxy.shown)); });
  }

  CurlOptions options_;
  HandlePool pool_;
  std::once_flag logged_;
};

}  // namespace

std::string library_versions() {
  const auto* info = ::curl_version_info(CURLVERSION_NOW);
  return cat("libcurl ", info->version, ", ", replace_all(info->ssl_version, "/", " "));
}

Transport curl_transport(CurlOptions options) {
  auto transport = std::make_shared<CurlTransport>(std::move(options));
  return [transport](const Request& request) { return (*transport)(request); };
}

}  // namespace lapstrake::http
