millwright_library(actors_sensor_rules
  SOURCES condition.cpp interval_habit.cpp novelty.cpp rules.cpp rules_codec.cpp rules_judge.cpp rules_windows.cpp
          state_band.cpp
  LINK protocol)
