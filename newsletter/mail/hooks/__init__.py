"""Webhooks of sending services: each request verified as its service documents it, then read into events."""

from newsletter.mail.hooks.amazon_hosts import AmazonHosts
from newsletter.mail.hooks.amazon_ses import AmazonSes
from newsletter.mail.hooks.mailgun import Mailgun
from newsletter.mail.hooks.postmark import Postmark
from newsletter.mail.hooks.sendgrid import SendGrid

__all__ = ["AmazonHosts", "AmazonSes", "Mailgun", "Postmark", "SendGrid"]
