// NumPy arrays that own a copy of the numbers.
#pragma once

#include <algorithm>
#include <limits>
#include <vector>

#include "python/bindings/module.hpp"

namespace goodwill {

template <class T>
py::array_t<T> array(const std::vector<T>& values, const std::vector<py::ssize_t>& shape) {
  py::array_t<T> a(shape);
  std::copy(values.begin(), values.end(), a.mutable_data());
  return a;
}

template <class T>
py::array_t<T> array(const std::vector<T>& values) {
  return array(values, {static_cast<py::ssize_t>(values.size())});
}

/// Rows of equal length as a matrix.
inline py::array_t<double> matrix(const std::vector<std::vector<double>>& rows) {
  const std::size_t columns = rows.empty() ? 0 : rows.front().size();
  std::vector<double> all;
  for (const auto& row : rows) all.insert(all.end(), row.begin(), row.end());
  return array(all, {static_cast<py::ssize_t>(rows.size()), static_cast<py::ssize_t>(columns)});
}

}  // namespace goodwill
