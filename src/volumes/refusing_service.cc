#include "hpe3par/base/error.h"
#include "hpe3par/volumes/volume_service.h"

namespace hpe3par::volumes {
namespace {

class RefusingService final : public Service {
 public:
  explicit RefusingService(std::string reason) : reason_(std::move(reason)) {}

  void create(const std::string&, const RawOptions&, const Deadline&) override { refuse(); }
  void remove(const std::string&, const std::string&, const Deadline&) override { refuse(); }
  MountTicket mount(const std::string&, const MountUser&, const Deadline&) override { refuse(); }
  void unmount(const std::string&, const std::string&, const Deadline&) override { refuse(); }
  std::string find_path(const std::string&, const Deadline&) override { refuse(); }
  VolumeInfo get(const std::string&, const Deadline&) override { refuse(); }
  VolumeList list(const Deadline&) override { refuse(); }
  std::string array_of(const std::string&) override { return ""; }
  std::vector<BackendInfo> backends() override { refuse(); }
  ServiceStatus status() override {
    ServiceStatus status;
    status.state = "configuration error";
    status.reason = reason_;
    return status;
  }

 private:
  [[noreturn]] void refuse() const {
    throw Error(ErrorKind::failed_precondition, reason_ + "; correct it and restart hpe3pard");
  }

  std::string reason_;
};

}  // namespace

std::unique_ptr<Service> make_refusing_service(std::string reason) {
  return std::make_unique<RefusingService>(std::move(reason));
}

}  // namespace hpe3par::volumes
