#include "array.h"

#include "call.h"
#include "capacity.h"
#include "cpgs.h"
#include "errors.h"
#include "hosts.h"
#include "hpe3par/base/log.h"
#include "json_text.h"
#include "object_keys.h"
#include "percent.h"
#include "ports.h"
#include "qos.h"
#include "releases.h"
#include "remote_copy_json.h"
#include "remote_copy_sync.h"
#include "sets.h"
#include "system.h"
#include "validate.h"
#include "vluns.h"
#include "volumes.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;
using Special = Destination::Special;

constexpr const char* kJson = "application/json";
constexpr std::string_view kKeyHeader = "X-HP3PAR-WSAPI-SessionKey";

constexpr MemberRule kLogin[] = {
    {.name = "user", .type = MemberType::string, .required = true},
    {.name = "password", .type = MemberType::string, .required = true},
    {.name = "sessionType", .type = MemberType::integer, .enumeration = true, .min = 1, .max = 3}};

json error_body(int number, std::string_view desc, const std::string& ref) {
  json body = {{"code", number}, {"desc", desc}};
  if (!ref.empty()) body["ref"] = ref;
  return body;
}

json parse_body(const HttpRequest& request) {
  if (request.method != "POST" && request.method != "PUT") return json::object();
  if (request.body.empty()) throw Refusal(Code::input_eof);
  json body = parse_json(request.body);
  if (body.is_discarded()) throw Refusal(Code::json_syntax);
  if (!body.is_object()) throw Refusal(Code::wrong_type);
  return body;
}

std::string product_of(const HttpRequest& request) {
  const std::string_view agent = request.header("User-Agent");
  return std::string(agent.substr(0, agent.find_first_of("/ ")));
}

// What a fault's name is looked for in.
std::string said_in(const HttpRequest& request) {
  return percent_decoded(request.target) + "\n" + request.body;
}

}  // namespace

class Array::Request {
 public:
  Request(const HttpRequest& from, const std::string& version)
      : http(from), http_version(version), destination(find_destination(from.method, from.target)) {}

  std::string key() const { return std::string(http.header(kKeyHeader)); }

  const HttpRequest& http;
  const std::string& http_version;
  Destination destination;
  bool authenticated = false;
};

Array::Array(Identity identity, std::set<std::string> domains, Credentials credentials, const Clock& clock,
             const std::filesystem::path& directory, Fabric& fabric, std::function<void()> die)
    : name_(identity.name),
      credentials_(std::move(credentials)),
      die_(std::move(die)),
      clock_(clock),
      sessions_(clock),
      fabric_(fabric),
      files_(directory),
      model_(std::move(identity), std::move(domains), clock, files_) {
  const std::lock_guard guard(fabric.mutex);
  model_.fabric = &fabric;
  fabric.models[name_] = &model_;
}

HttpResponse Array::handle(const HttpRequest& request, Exchange& exchange) {
  Request seen(request, exchange.http_version);
  const Accounts::Visit visit(accounts_, request.method, seen.destination.route);
  HttpResponse response = serve(seen, exchange);
  if (exchange.fatal) die_();
  return response;
}

HttpResponse Array::serve(Request& request, Exchange& exchange) {
  const int epoch = epoch_;
  const Sessions::Turn turn = sessions_.take_turn(request.key(), request.http.remote_address);
  request.authenticated = static_cast<bool>(turn);
  const Faults::Plan plan = faults_.take(request.http.method, request.destination.route, said_in(request.http));
  if (!pause(plan.delay, epoch)) {
    exchange.delivery = Delivery::reset;
    return {};
  }
  if (!plan.failure) return act(request);
  if (comes_after_the_effect(plan.failure->kind)) act(request);
  exchange.hang_over = plan.cleared;
  exchange.fatal = kills_the_array(plan.failure->kind);
  return fail(answer_of(*plan.failure, request.http.method), exchange);
}

HttpResponse Array::act(const Request& request) {
  try {
    if (request.http_version == "HTTP/1.0") throw Refusal(Code::unsupported_http);
    authenticate(request);
    return dispatch(request);
  } catch (const Refusal& refusal) {
    return respond(status_of(refusal.code()), error_body(wire_number(refusal.code()), refusal.desc(), refusal.ref()));
  } catch (const std::exception& error) {
    log(LogLevel::error, "request failed inside the simulator",
        {{"array", name_}, {"route", request.destination.route}, {"error", error.what()}});
    return respond(500, error_body(1, error.what(), {}));
  }
}

void Array::authenticate(const Request& request) {
  if (request.authenticated) return;
  switch (request.destination.special) {
    case Special::login:
    case Special::logout: return;
    case Special::api:
      if (build() < build::kMaxLimitsOnly) return;
      break;
    case Special::none:
    case Special::configuration: break;
  }
  throw Refusal(Code::invalid_session_key);
}

HttpResponse Array::dispatch(const Request& request) {
  const Destination& destination = request.destination;
  if (!destination.known) throw Refusal(Code::uri_not_found);
  if (destination.special != Special::none) return act_on_session(request);
  if (destination.operation == nullptr) throw Refusal(Code::unsupported_operation);
  const Call call{.names = destination.names,
                  .query = query_parameter(request.http.target, "query"),
                  .body = parse_body(request.http),
                  .client_address = request.http.remote_address,
                  .target = request.http.target,
                  .product = product_of(request.http)};
  Answer answer;
  {
    const std::lock_guard guard(fabric_.mutex);
    settle(fabric_);
    fabric_.invariants.watch(fabric_, kByItself);
    answer = destination.operation(model_, call);
    settle(fabric_);
    fabric_.invariants.watch(fabric_, call.product);
  }
  return respond(answer);
}

HttpResponse Array::act_on_session(const Request& request) {
  switch (request.destination.special) {
    case Special::login: return login(request);
    case Special::logout: return logout(request);
    case Special::api: return respond(200, api_version(build()));
    case Special::configuration: {
      const SessionUsage usage{sessions_.count(), Sessions::kLimit, static_cast<int>(Sessions::kIdleTime.count())};
      return respond(200, wsapi_configuration(build(), usage));
    }
    case Special::none: break;
  }
  throw Refusal(Code::uri_not_found);
}

HttpResponse Array::login(const Request& request) {
  json body = parse_body(request.http);
  check_members(body, kLogin);
  if (body.at("user") != credentials_.user || body.at("password") != credentials_.password)
    throw Refusal(Code::invalid_user_or_password);
  const std::string key = sessions_.open(request.http.remote_address);
  Answer answer = created({"credentials", key});
  answer.body = {{"key", key}};
  return respond(answer);
}

HttpResponse Array::logout(const Request& request) {
  const std::string& key = request.destination.names.at(0);
  const std::string own = request.key();
  // A session ends itself, nobody else's.
  if (!own.empty() && own != key)
    throw Refusal(request.authenticated ? Code::permission_denied : Code::invalid_session_key);
  sessions_.close(key, request.http.remote_address);
  return respond(Answer{});
}

int Array::build() {
  const std::lock_guard guard(fabric_.mutex);
  return build_of(model_);
}

bool Array::pause(Millis delay, int epoch) {
  std::unique_lock lock(pause_mutex_);
  return !interrupted_.wait_for(lock, delay, [&] { return epoch_ != epoch; });
}

HttpResponse Array::fail(const FaultAnswer& answer, Exchange& exchange) const {
  exchange.delivery = answer.delivery;
  HttpResponse response = respond(answer.status, nullptr);
  response.content_type = answer.content_type;
  response.body = answer.body;
  return response;
}

HttpResponse Array::respond(const Answer& answer) const {
  HttpResponse response = respond(answer.status, answer.body);
  if (!answer.location.empty()) response.headers.emplace_back("Location", answer.location);
  response.chunked = answer.chunked;
  return response;
}

HttpResponse Array::respond(int status, const json& body) const {
  HttpResponse response{.status = status,
                        .headers = {{"Server", "HP3PAR-WSAPI"},
                                    {"Date", to_http_date(clock_.wall())},
                                    {"Cache-Control", "no-cache"},
                                    {"Pragma", "no-cache"}},
                        .content_type = {},
                        .body = {}};
  if (body.is_null()) return response;
  response.content_type = kJson;
  response.body = body.dump(-1, ' ', false, json::error_handler_t::replace);
  return response;
}

HttpResponse Array::refuse(int status, const std::string& desc) const {
  return respond(status, error_body(wire_number(status == 400 ? Code::invalid_input : Code::input_too_long), desc, {}));
}

json Array::statistics() {
  json report = accounts_.report();
  report["sessions_open"] = sessions_.count();
  report["sessions_peak"] = sessions_.peak();
  report["faults_fired"] = faults_.fired();
  return report;
}

void Array::reset_statistics() {
  accounts_.reset();
  sessions_.reset_peak();
  faults_.reset_fired();
}

json Array::objects() {
  const std::lock_guard guard(fabric_.mutex);
  settle(fabric_);
  const auto members = [&](Operation list) { return list(model_, Call{}).body.at("members"); };
  return {{"cpgs", members(list_cpgs)},
          {"volumes", members(list_volumes)},
          {"snapshots", json::array()},
          {"volumesets", volume_sets_with_defaults(model_)},
          {"qos", members(list_qos_rules)},
          {"hosts", members(list_hosts)},
          {"hostsets", members(list_host_sets)},
          {"vluns", vlun_templates(model_)},
          {"remotecopygroups", all_copy_groups(model_)},
          {"objectkeys", all_object_keys(model_)}};
}

void Array::set_logged_in(const std::string& host, bool logged_in) {
  const std::lock_guard guard(fabric_.mutex);
  get_host_named(model_, host).logged_in = logged_in;
  refresh_port_exports(model_);
}

ArrayBehaviour Array::behaviour() {
  const std::lock_guard guard(fabric_.mutex);
  return model_.behaviour;
}

void Array::check_behaviour(const ArrayBehaviour& behaviour) {
  const std::lock_guard guard(fabric_.mutex);
  for (const auto& [position, vlans] : behaviour.vlans) get_iscsi_port(model_, position);
}

void Array::set_behaviour(const ArrayBehaviour& behaviour) {
  const std::lock_guard guard(fabric_.mutex);
  model_.behaviour = behaviour;
}

std::int64_t Array::allocated_mib() {
  const std::lock_guard guard(fabric_.mutex);
  return sim::allocated_mib(model_);
}

void Array::lose_site() {
  interrupt();
  sessions_.close_all();
  const std::lock_guard guard(fabric_.mutex);
  set_site_up(model_, false);
}

void Array::interrupt() {
  {
    const std::lock_guard guard(pause_mutex_);
    ++epoch_;
  }
  interrupted_.notify_all();
}

void Array::restore_site() {
  const std::lock_guard guard(fabric_.mutex);
  if (!model_.site_up) set_site_up(model_, true);
}

void Array::reset() {
  interrupt();
  sessions_.close_all();
  faults_.clear();
  {
    const std::lock_guard guard(fabric_.mutex);
    model_.reset();
  }
  reset_statistics();
}

}  // namespace hpe3par::sim
