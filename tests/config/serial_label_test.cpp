// SPDX-License-Identifier: MIT
#include "gateway/config/serial_label.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bluetti::gateway {
namespace {

class SerialLabelTest : public testing::Test {
 protected:
  // "MODEL SERIAL", with "-" for a model that the text does not tell; or what is wrong.
  [[nodiscard]] std::string read(std::string_view text, std::string_view model = {}) const {
    const auto parsed = parse_serial_label(text, model.empty() ? nullptr : catalog_.model(model), catalog_);
    if (const auto* fault = std::get_if<std::string>(&parsed)) return *fault;
    const auto& label = std::get<SerialLabel>(parsed);
    return (label.model ? label.model->name : "-") + " " + label.serial;
  }
  const schemas::Catalog catalog_ = schemas::Catalog::built_in();
};

TEST_F(SerialLabelTest, DigitsAreTheSerialNumberItself) {
  EXPECT_EQ(read("2345000000001"), "- 2345000000001");
  EXPECT_EQ(read("2345000000001", "AP300"), "- 2345000000001");
}

TEST_F(SerialLabelTest, ALabelIsTakenApartWhereItsModelEndsInDigits) {
  EXPECT_EQ(read("EL100V22345000000001"), "EL100V2 2345000000001");
  EXPECT_EQ(read("AP3002345000000001", "AP300"), "AP300 2345000000001");
  EXPECT_EQ(read("AP300V22345000000001"), "AP300V2 2345000000001");
}

TEST_F(SerialLabelTest, CaseAndBlanksOfALabelDoNotMatter) {
  EXPECT_EQ(read("el100v2 2345000000001"), "EL100V2 2345000000001");
  EXPECT_EQ(read("EL100V2-2345000000001"), "EL100V2 2345000000001");
}

TEST_F(SerialLabelTest, ALabelWithTwoReadingsNeedsTheModel) {
  EXPECT_THAT(read("CHARGER2345000000001"),
              testing::AllOf(testing::HasSubstr("2345000000001 of model CHARGER or "),
                             testing::HasSubstr(" 345000000001 of model CHARGER 2"), testing::HasSubstr("set model")));
  EXPECT_EQ(read("CHARGER2345000000001", "CHARGER"), "CHARGER 2345000000001");
  EXPECT_EQ(read("CHARGER2345000000001", "CHARGER 2"), "CHARGER 2 345000000001");
}

TEST_F(SerialLabelTest, ALabelOfAnotherModelIsRefused) {
  EXPECT_EQ(read("AP3002345000000001", "EL100V2"),
            "'AP3002345000000001' is the label of model AP300, but model is EL100V2");
}

TEST_F(SerialLabelTest, ALabelOfAModelThatIsNotKnownIsRefusedForThat) {
  EXPECT_THAT(read("XY3002345000000001"), testing::HasSubstr("'XY3002345000000001' begins with no known model"));
  EXPECT_THAT(read("AP3000000000000000"), testing::HasSubstr("is not a number")) << "which is known";
}

TEST_F(SerialLabelTest, ANumberThatNoStationCanHaveIsRefused) {
  EXPECT_THAT(read("0000000000000"), testing::HasSubstr("is no serial number"));
  EXPECT_THAT(read("99999999999999999999"), testing::HasSubstr("is larger than any serial number"));
  EXPECT_THAT(read("18446744073709551615"), testing::HasSubstr("is larger than any serial number"));
  EXPECT_EQ(read("18446744073709551614"), "- 18446744073709551614");
}

TEST_F(SerialLabelTest, WhatIsFarTooLongIsShortened) {
  EXPECT_THAT(read(std::string(5000, '7')), testing::HasSubstr("'" + std::string(40, '7') + "...' is not a number"));
}

TEST_F(SerialLabelTest, WhatNoModelBeginsIsRefused) {
  EXPECT_THAT(read("XY3002345"), testing::HasSubstr("is not a number of at most 20 digits"));
  EXPECT_THAT(read("AP300"), testing::HasSubstr("is not a number of at most 20 digits"));
  EXPECT_THAT(read("AP300123456789012345678901"), testing::HasSubstr("is not a number of at most 20 digits"));
}

}  // namespace
}  // namespace bluetti::gateway
