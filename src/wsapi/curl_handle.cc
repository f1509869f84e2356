#include "curl_handle.h"

#include <new>

namespace hpe3par::wsapi {

ShareHandle::ShareHandle() : share_(curl_share_init()) {
  if (share_ == nullptr) throw std::bad_alloc();
  curl_share_setopt(share_, CURLSHOPT_LOCKFUNC, &ShareHandle::lock);
  curl_share_setopt(share_, CURLSHOPT_UNLOCKFUNC, &ShareHandle::unlock);
  curl_share_setopt(share_, CURLSHOPT_USERDATA, this);
  curl_share_setopt(share_, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
}

void ShareHandle::lock(CURL*, curl_lock_data data, curl_lock_access, void* self) {
  if (data == CURL_LOCK_DATA_SSL_SESSION) static_cast<ShareHandle*>(self)->mutex_.lock();
}

void ShareHandle::unlock(CURL*, curl_lock_data data, void* self) {
  if (data == CURL_LOCK_DATA_SSL_SESSION) static_cast<ShareHandle*>(self)->mutex_.unlock();
}

void HeaderList::add(const std::string& line) {
  curl_slist* longer = curl_slist_append(list_, line.c_str());
  if (longer == nullptr) throw std::bad_alloc();
  list_ = longer;
}

}  // namespace hpe3par::wsapi
