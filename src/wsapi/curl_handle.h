#pragma once

#include <curl/curl.h>

#include <mutex>
#include <string>

namespace hpe3par::wsapi {

struct EasyHandle {
  CURL* get = curl_easy_init();
  EasyHandle() = default;
  EasyHandle(const EasyHandle&) = delete;
  EasyHandle& operator=(const EasyHandle&) = delete;
  ~EasyHandle() { curl_easy_cleanup(get); }
};

struct MultiHandle {
  CURLM* get = curl_multi_init();
  MultiHandle() = default;
  MultiHandle(const MultiHandle&) = delete;
  MultiHandle& operator=(const MultiHandle&) = delete;
  ~MultiHandle() { curl_multi_cleanup(get); }
};

/// Shares TLS sessions between easy handles of several threads.
class ShareHandle {
 public:
  ShareHandle();
  ShareHandle(const ShareHandle&) = delete;
  ShareHandle& operator=(const ShareHandle&) = delete;
  ~ShareHandle() { curl_share_cleanup(share_); }

  CURLSH* get() const { return share_; }

 private:
  static void lock(CURL* easy, curl_lock_data data, curl_lock_access access, void* self);
  static void unlock(CURL* easy, curl_lock_data data, void* self);

  CURLSH* share_;
  std::mutex mutex_;
};

/// A list of header lines.
class HeaderList {
 public:
  HeaderList() = default;
  HeaderList(const HeaderList&) = delete;
  HeaderList& operator=(const HeaderList&) = delete;
  ~HeaderList() { curl_slist_free_all(list_); }

  void add(const std::string& line);
  curl_slist* get() const { return list_; }

 private:
  curl_slist* list_ = nullptr;
};

}  // namespace hpe3par::wsapi
