package org.robustnessgap.campaign.plan;

import java.util.ArrayList;
import java.util.List;

/** What is said of images, to be looked at. */
final class KeptReports implements ImageReports {
  final List<String> skipped = new ArrayList<>();
  final List<String> refused = new ArrayList<>();

  @Override
  public void skipped(String campaign, String image) {
    skipped.add(campaign + ": " + image);
  }

  @Override
  public void refused(String campaign, String reason) {
    refused.add(campaign + ": " + reason);
  }
}
