import requests
from bs4 import BeautifulSoup

page = requests.get("https://example.com/", timeout=10)
print(BeautifulSoup(page.text, "html.parser").title)
