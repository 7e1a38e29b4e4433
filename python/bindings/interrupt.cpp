#include <chrono>
#include <exception>
#include <future>

#include "python/bindings/module.hpp"
#include "sim/model/cancel.hpp"

namespace goodwill {

void run_interruptible(const std::function<void()>& body, std::atomic<bool>& cancel,
                       const std::function<void()>& progress) {
  std::exception_ptr raised;  // by Python on this thread, while the simulation ran
  std::future<void> work;
  {
    const py::gil_scoped_release release;
    work = std::async(std::launch::async, [&] {
      const Cancellable cancellable(&cancel);
      body();
    });
    while (work.wait_for(std::chrono::milliseconds(100)) != std::future_status::ready) {
      if (raised) continue;
      const py::gil_scoped_acquire acquire;
      try {
        if (PyErr_CheckSignals() != 0) throw py::error_already_set();
        if (progress) progress();
      } catch (...) {
        raised = std::current_exception();
        cancel = true;
      }
    }
  }
  if (!raised) {
    work.get();
    return;
  }
  try {
    work.get();
  } catch (...) {  // `Interrupted`, or an error just before it: Python's own error is the one to report
  }
  std::rethrow_exception(raised);
}

}  // namespace goodwill
