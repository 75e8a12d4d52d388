package org.robustnessgap.campaign.plan;

/** Is told what becomes of reading the images of campaigns. */
public interface ImageReports {
  /**
   * An image cannot be used and costs only itself.
   *
   * @param image its name and why, for people
   */
  void skipped(String campaign, String image);

  /**
   * Nothing of the campaign is sent until it is applied again.
   *
   * @param reason one or two sentences with the remedy
   */
  void refused(String campaign, String reason);
}
