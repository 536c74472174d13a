#include "gatefold/support/interrupt.h"

#include <csignal>

namespace gatefold {
namespace {

volatile std::sig_atomic_t flag = 0;

void raise_flag(int) { flag = 1; }

}  // namespace

void install_interrupt_handler() {
  flag = 0;
  struct sigaction action {};
  action.sa_handler = raise_flag;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool interrupted() { return flag != 0; }

Status check_interrupt() {
  if (interrupted()) return diagnose(DiagnosticId::Interrupted, "");
  return success();
}

}  // namespace gatefold
