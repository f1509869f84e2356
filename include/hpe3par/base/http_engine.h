#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hpe3par {

struct HttpRequest {
  std::string method;
  std::string target;                                        ///< as sent: still percent-encoded, with the query
  std::string path;                                          ///< percent-decoded, without the query
  std::vector<std::pair<std::string, std::string>> headers;  ///< names as sent
  std::string body;
  std::string remote_address;  ///< empty on unix sockets
  int connection = -1;         ///< the caller's number for this connection, e.g. its descriptor

  /// Value of the first header of that name (any case), or empty.
  std::string_view header(std::string_view name) const;
};

struct HttpResponse {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string content_type = {};  ///< empty: no Content-Type
  std::string body = {};
  bool chunked = false;  ///< send `body` in chunked coding, as some servers do for long collections
};

/// Parses a whole request, calls the handler and formats the response, with cpp-httplib underneath; it reads and
/// writes nothing itself. Every response carries `Connection: close`.
///
/// Thread-safe if the handler is. An exception out of the handler becomes a 500 with an empty JSON object.
class HttpEngine {
 public:
  using Handler = std::function<HttpResponse(const HttpRequest&)>;
  /// Sends bytes to the peer; false when it is gone.
  using Writer = std::function<bool(std::string_view)>;

  /// The answer to what never gets to the handler, because it is no request or its path is too long.
  using Refuse = std::function<HttpResponse(int status, const std::string& reason)>;

  /// @param refuse without it such an answer has no body
  explicit HttpEngine(Handler handler, Refuse refuse = {});
  ~HttpEngine();
  HttpEngine(const HttpEngine&) = delete;
  HttpEngine& operator=(const HttpEngine&) = delete;

  /// @param request complete bytes as HttpFramer::request() gives them
  /// @return true if the whole response was handed to the writer and accepted
  bool serve(const std::string& request, const std::string& remote_address, int connection, const Writer& write);

 private:
  class Server;
  std::unique_ptr<Server> server_;
};

}  // namespace hpe3par
