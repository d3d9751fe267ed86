#include "experiments/sweep/point_state.hpp"

#include <doctest/doctest.h>

#include "experiments/files.hpp"
#include "experiments/report.hpp"
#include "experiments/run_directory.hpp"
#include "experiments/sweep/point_log.hpp"
#include "experiments/sweep/sweep_table.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/unit/experiments/sample_result.hpp"

namespace snnsim::experiments {
namespace {

namespace fs = std::filesystem;

/// A sweep of two points over one text.
class Lab {
 public:
  Lab() {
    write_file(folder_.path() / "text.txt", "text");
    write_file(folder_.path() / "demo.json", R"({"evaluation": {"perplexity": [{"text": "text.txt"}]},
                                                 "sweep": {"grid": {"conversion.timesteps": [4, 8]}}})");
    sweep = read_sweep(folder_.path() / "demo.json");
  }
  SweepDirectory directory() const { return {folder_.path() / "runs", sweep}; }
  PointStatus status() const { return status_of(directory(), sweep.points[0]); }
  std::unique_ptr<RunDirectory> open() const {
    return std::make_unique<RunDirectory>(sweep.points[0].experiment, RunLocation{.parent = folder_.path() / "runs"});
  }
  void log(const std::string& text) const {
    make_folder(directory().path / "logs");
    write_file(directory().log_file(sweep.points[0]), text);
  }

  Sweep sweep;

 private:
  tests::ScratchFolder folder_;
};

}  // namespace

TEST_CASE("a point goes from pending over running and interrupted to finished") {
  const Lab lab;
  CHECK(lab.status().state == PointState::pending);
  std::unique_ptr<RunDirectory> run = lab.open();
  run->expect({2});
  CHECK(lab.status().state == PointState::running);
  CHECK(lab.status().note.starts_with("process "));
  run->append(sample_result(0, 0));
  run.reset();
  CHECK(lab.status().state == PointState::interrupted);
  CHECK(lab.status().run->progress() == "1 of 2 segments");
  run = lab.open();
  run->append(sample_result(0, 1));
  run->finish(false);
  run.reset();
  CHECK(lab.status().state == PointState::interrupted);  // its report is still to be written
  write_report(*lab.status().run);
  CHECK(lab.status().state == PointState::finished);
}

TEST_CASE("a report whose equality fails is no finished point") {
  const Lab lab;
  const SegmentResult result = sample_result(0, 0);
  REQUIRE(result.neurons_different > 0);
  std::unique_ptr<RunDirectory> run = lab.open();
  run->expect({1});
  run->append(result);
  run->finish(true);
  run.reset();
  write_report(*lab.status().run);
  lab.log(start_line("x") + "\nsnnsim: the spiking network differs\n  report it\n" + exit_line(4) + "\n");
  CHECK(lab.status().state == PointState::failed);
  CHECK(lab.status().exit_code == 4);
}

TEST_CASE("a failed point is known by the end of its last attempt") {
  const Lab lab;
  lab.log(start_line("a") + "\nsnnsim: text.txt: empty\n  give another\n" + exit_line(3) + "\n");
  CHECK(lab.status().state == PointState::failed);
  CHECK(lab.status().note == "text.txt: empty");
  CHECK(lab.status().exit_code == 3);
  lab.log(start_line("a") + "\nsnnsim: text.txt: empty\n" + exit_line(3) + "\n" + start_line("b") + "\n");
  CHECK(lab.status().state == PointState::pending);  // whoever started it again was killed
  for (const int code : {0, 130, 143}) {
    lab.log(start_line("a") + "\nsnnsim: interrupted\n" + exit_line(code) + "\n");
    CHECK(lab.status().state == PointState::pending);
  }
  lab.log(start_line("a") + "\nsnnsim: 1 of 2\n" + exit_line(137) + "\n");
  CHECK(lab.status().note == "killed by signal 9 (Killed)");
  lab.log(start_line("a") + "\n" + exit_line(1) + "\n");
  CHECK(lab.status().note == "ended with exit code 1");
}

TEST_CASE("tables of a sweep: results of what is finished, and how far each point is") {
  const Lab lab;
  std::unique_ptr<RunDirectory> run = lab.open();
  run->expect({1});
  run->append(sample_result(0, 0));
  run->finish(false);
  run.reset();
  write_report(*lab.status().run);
  const std::vector<std::size_t> points{1, 0};
  std::vector<PointStatus> statuses;
  for (const std::size_t point : points) statuses.push_back(status_of(lab.directory(), lab.sweep.points[point]));
  const ResultTable table = sweep_table(lab.sweep, points, statuses);
  CHECK(table.columns.front() == "conversion.timesteps");
  CHECK(table.columns[1] == "dense_ppl");
  CHECK(table.columns.back() == "run");
  CHECK(table.rows[0][0] == 8);
  CHECK(table.rows[0][1].is_null());
  CHECK(table.rows[1][1].is_number());
  CHECK(table.rows[1].back() == lab.sweep.points[0].run);
  CHECK(table_csv(status_table(lab.sweep, points, statuses)) ==
        "conversion.timesteps,state,progress,note,run\n8,pending,,," + lab.sweep.points[1].run +
            "\n4,finished,1 of 1 segments,," + lab.sweep.points[0].run + "\n");
  CHECK(status_summary(statuses) == "2 runs: 1 finished, 1 pending");
}

}  // namespace snnsim::experiments
