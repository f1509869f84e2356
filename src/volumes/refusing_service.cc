#include "hpe3par/base/error.h"
#include "hpe3par/volumes/volume_service.h"

namespace hpe3par::volumes {
namespace {

class RefusingService final : public Service {
 public:
  explicit RefusingService(const Obstacle& obstacle) {
    status_.state = obstacle.in_configuration ? "configuration error" : "cannot work";
    status_.reason = obstacle.reason;
    status_.refusal = obstacle.in_configuration ? obstacle.reason + "; correct it and restart hpe3pard"
                                                : "hpe3pard cannot work: " + obstacle.reason;
  }

  void create(const std::string&, const RawOptions&, const Deadline&) override { refuse(); }
  void remove(const std::string&, const std::string&, const Deadline&) override { refuse(); }
  MountTicket mount(const std::string&, const MountUser&, const Deadline&) override { refuse(); }
  void unmount(const std::string&, const std::string&, const Deadline&) override { refuse(); }
  std::string find_path(const std::string&, const Deadline&) override { refuse(); }
  VolumeInfo get(const std::string&, std::optional<int>, const Deadline&) override { refuse(); }
  VolumeList list(const Deadline&) override { refuse(); }
  std::string array_of(const std::string&) override { return ""; }
  std::vector<BackendInfo> backends() override { refuse(); }
  ServiceStatus status() override { return status_; }

 private:
  [[noreturn]] void refuse() const { throw Error(ErrorKind::failed_precondition, status_.refusal); }

  ServiceStatus status_;
};

}  // namespace

std::unique_ptr<Service> make_refusing_service(const Obstacle& obstacle) {
  return std::make_unique<RefusingService>(obstacle);
}

}  // namespace hpe3par::volumes
